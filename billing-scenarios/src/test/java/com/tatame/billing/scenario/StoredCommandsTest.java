package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.money.Money;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.DiscountTerms;
import com.tatame.billing.promotion.NewDiscount;
import com.tatame.billing.refund.Refunds.RefundRequest;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.EngineControl;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The stored form of commands is part of the database: {@code stored-commands.json} has it for each
 * wish, as an earlier version wrote it. This version must write the same, and must be able to finish
 * what an earlier version stored and didn't send any more.
 */
class StoredCommandsTest {
  private static final long SEED = 7;
  private static final Duration PAST_THE_LEASE = Duration.ofMinutes(3);
  private static final Map<String, List<Stored>> STORED = read();

  /** What is stored of a command, without what differs from one sending to the next. */
  private record Stored(
      String kind, String account, String target, SortedMap<String, String> params) {
    static Stored of(Command command) {
      return new Stored(
          command.kind().code(), command.account().value(), command.target(), command.params());
    }

    Command planned(CommandId id, BillingWorld world) {
      return Command.planned(
          id,
          new AccountId(account),
          CommandKind.valueOf(kind.toUpperCase(Locale.ROOT)),
          target,
          params,
          world.wallClock().instant());
    }
  }

  /** What is asked for, and of which commands are written. */
  private record Wish(String name, Catalog catalog, Preparation preparation, Asking asking) {
    static Wish of(Mutation mutation) {
      return new Wish(
          mutation.name(),
          mutation.catalog(),
          ada -> {
            mutation.prepare(ada);
            return "";
          },
          (billing, ada, prepared) -> mutation.ask(billing, ada));
    }

    static Wish of(String name, Preparation preparation, Asking asking) {
      return new Wish(name, ACatalog.withoutTrials(), preparation, asking);
    }

    BillingWorld world() {
      return BillingWorld.builder().seed(SEED).catalog(catalog).build();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private interface Preparation {
    /** Returns the id of what was made; empty if it is not needed. */
    String prepare(Shopper ada);
  }

  private interface Asking {
    void ask(Billing billing, Shopper ada, String prepared);
  }

  static Stream<Wish> wishes() {
    return Stream.concat(
        Arrays.stream(Mutation.values()).map(Wish::of),
        Stream.of(
            Wish.of(
                "NAMED_CUSTOMER",
                ada -> "",
                (billing, ada, none) -> billing
                    .customers()
                    .ensure(ada.caller(), Optional.of("ada@example.com"), Optional.of("Ada"))),
            Wish.of(
                "CHECKOUT_WITH_A_CODE",
                StoredCommandsTest::code,
                (billing, ada, none) -> billing
                    .checkouts()
                    .open(
                        ada.caller(),
                        new CheckoutRequest(
                            Optional.of("basic"),
                            Optional.of(BillingInterval.MONTHLY),
                            Optional.empty(),
                            3,
                            "https://shop.example.com/thanks",
                            "https://shop.example.com/plans",
                            Optional.of("ada@example.com"),
                            Optional.of("SPRING")))),
            Wish.of(
                "QUOTED_CHANGE",
                ada -> {
                  Subscription basic = ada.buys("basic", Shopper.PAYS);
                  ada.world().advance(Duration.ofDays(16));
                  return ada.world()
                      .billing()
                      .subscriptions()
                      .quote(ada.account(), basic.id(), pro())
                      .id();
                },
                (billing, ada, quote) ->
                    billing.subscriptions().change(ada.account(), ada.newest().id(), quote)),
            new Wish(
                "PAUSE_BY_USER",
                SelfServicePauseTest.pausable(),
                StoredCommandsTest::basic,
                (billing, ada, id) -> pause(billing, ada)),
            new Wish(
                "END_OF_A_PAUSE_BY_USER",
                SelfServicePauseTest.pausable(),
                ada -> {
                  basic(ada);
                  pause(ada.world().billing(), ada);
                  return "";
                },
                (billing, ada, none) -> billing
                    .subscriptions()
                    .unpauseByUser(ada.account(), ada.newest().id())),
            Wish.of(
                "PAYMENT_OF_ANY_AMOUNT",
                ada -> "",
                (billing, ada, none) ->
                    billing.itemPayments().begin(ada.account(), new Money(7_50, "usd"))),
            Wish.of(
                "GIVEN_AMOUNT_FOR_MONTHS",
                StoredCommandsTest::basic,
                (billing, ada, id) -> billing
                    .discounts()
                    .give(
                        new NewDiscount(
                            ada.account(),
                            Optional.of(id),
                            new DiscountTerms(
                                Optional.empty(),
                                Optional.of(new Money(1_00, "usd")),
                                Coupon.Duration.REPEATING,
                                Optional.of(3)),
                            "to make up for it",
                            Optional.of("ticket-8")),
                        "user_admin")),
            Wish.of(
                "COUPON_BY_ITS_ID",
                ada -> {
                  new EngineControl(ada.world().engine())
                      .createCode("thanks", "20", "HELLO", Optional.empty());
                  return basic(ada);
                },
                (billing, ada, id) ->
                    billing.coupons().apply(administrator(ada), "thanks", Optional.of(id))),
            Wish.of(
                "SECOND_REFUND",
                ada -> {
                  assertThat(ada.world()
                          .provider()
                          .pay(ada.wants("quiz-1").session().orElseThrow().id(), Shopper.PAYS))
                      .isTrue();
                  ada.world().settle();
                  refund(ada.world().billing(), ada, 5_00);
                  return "";
                },
                (billing, ada, none) -> refund(billing, ada, 2_00))));
  }

  private static String code(Shopper ada) {
    return new EngineControl(ada.world().engine())
        .createCode("spring", "20", "SPRING", Optional.empty());
  }

  private static String basic(Shopper ada) {
    return ada.buys("basic", Shopper.PAYS).id();
  }

  private static ChangeRequest pro() {
    return new ChangeRequest(
        Optional.of("pro"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        ChangePolicy.PRORATE);
  }

  private static void pause(Billing billing, Shopper ada) {
    Subscription basic = ada.newest();
    billing
        .subscriptions()
        .pauseByUser(
            ada.account(),
            basic.id(),
            Optional.of(basic.currentPeriodEnd().plus(Duration.ofDays(10))));
  }

  private static Principal administrator(Shopper ada) {
    return new Principal(
        ada.account(),
        ada.caller().issuer(),
        ada.caller().subject(),
        ada.caller().email(),
        ada.caller().name(),
        true);
  }

  private static void refund(Billing billing, Shopper ada, long amount) {
    billing
        .refunds()
        .refund(
            new RefundRequest(
                Optional.of(ada.purchases().get(0).id()),
                Optional.empty(),
                Optional.of(amount),
                "requested_by_customer"),
            RequestKey.of("operator", "refund of " + amount));
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void isWrittenInTheStoredForm(Wish wish) {
    try (BillingWorld world = wish.world()) {
      Shopper ada = Shopper.named("ada", world);
      String prepared = wish.preparation().prepare(ada);
      Set<CommandId> before = commands(world).map(Command::id).collect(Collectors.toSet());

      wish.asking().ask(world.billing(), ada, prepared);

      assertThat(
              commands(world).filter(command -> !before.contains(command.id())).map(Stored::of))
          .containsExactlyInAnyOrderElementsOf(stored(wish));
    }
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void isFinishedFromTheStoredForm(Wish wish) {
    try (BillingWorld world = wish.world()) {
      Shopper ada = Shopper.named("ada", world);
      wish.preparation().prepare(ada);
      List<CommandId> ids = new ArrayList<>();
      for (Stored stored : stored(wish)) {
        CommandId id = new CommandId("%032x".formatted(ids.size() + 1));
        ids.add(id);
        world.store().commands().open(stored.planned(id, world), AnAuditEntry.any());
        world.wallClock().advance(PAST_THE_LEASE);
        world.settle();
      }

      CommandJournal journal = world.store().commands();
      assertThat(ids)
          .allSatisfy(id ->
              assertThat(journal.find(id)).map(Command::state).contains(CommandState.SUCCEEDED));
      Arrays.stream(Mutation.values())
          .filter(mutation -> mutation.name().equals(wish.name()))
          .forEach(mutation -> assertThat(
                  mutation.kind == CommandKind.CANCEL_DUPLICATE
                      ? mutation.timesGranted(world) == 1
                      : mutation.done(world))
              .isTrue());
    }
  }

  @Test
  void unreadableCommandDoesNotKeepLaterOnesWaiting() {
    try (BillingWorld world = BillingWorld.builder().seed(SEED).build()) {
      CommandJournal journal = world.store().commands();
      CommandId unreadable = new CommandId("%032x".formatted(1));
      CommandId readable = new CommandId("%032x".formatted(2));
      journal.open(
          new Stored("cancel_subscription", "user_bob", "sub_1", new TreeMap<>())
              .planned(unreadable, world),
          AnAuditEntry.any());
      world.wallClock().advance(Duration.ofSeconds(1));
      journal.open(
          new Stored("create_customer", "user_ada", "customer", new TreeMap<>())
              .planned(readable, world),
          AnAuditEntry.any());
      world.wallClock().advance(PAST_THE_LEASE);
      world.settle();

      assertThat(journal.find(readable)).map(Command::state).contains(CommandState.SUCCEEDED);
      assertThat(journal.find(unreadable)).map(Command::state).contains(CommandState.SENDING);
    }
  }

  @Test
  void storedFormOfEveryKindIsKnown() {
    assertThat(STORED.values().stream()
            .flatMap(List::stream)
            .map(stored -> CommandKind.valueOf(stored.kind().toUpperCase(Locale.ROOT)))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(CommandKind.class))))
        .isEqualTo(EnumSet.allOf(CommandKind.class));
    assertThat(STORED.keySet()).isEqualTo(wishes().map(Wish::name).collect(Collectors.toSet()));
  }

  private static Stream<Command> commands(BillingWorld world) {
    return world.store().commands().list(JournalFilter.ALL, Optional.empty(), 101).stream();
  }

  private static List<Stored> stored(Wish wish) {
    return STORED.getOrDefault(wish.name(), List.of());
  }

  private static Map<String, List<Stored>> read() {
    TypeFactory types = TypeFactory.defaultInstance();
    try (InputStream in = StoredCommandsTest.class.getResourceAsStream("/stored-commands.json")) {
      return new ObjectMapper()
          .readValue(
              Objects.requireNonNull(in),
              types.constructMapType(
                  Map.class,
                  types.constructType(String.class),
                  types.constructCollectionType(List.class, Stored.class)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
