package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.BillingRoles;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.ItemRequest;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.testkit.BillingWorld;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An organisation's owners and billing roles decide about its money; all members use what it has. */
class OrganizationRolesTest {
  private static final String ISSUER = "https://login.example.com";
  private static final AccountId ACME = new AccountId("org_acme");
  private static final Principal MEMBER = member("member");
  private static final String PAGE = "https://shop.example.com/thanks";

  private final BillingWorld world = BillingWorld.builder().build();
  private final Billing billing = world.billing();

  private static Principal member(String role) {
    return Principal.ofMember(ISSUER, "user_of_" + role, ACME.value(), role);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static CheckoutRequest pro() {
    return new CheckoutRequest(
        Optional.of("pro"),
        Optional.of(BillingInterval.MONTHLY),
        Optional.empty(),
        1,
        PAGE,
        PAGE,
        Optional.empty());
  }

  /** All that is asked for by a caller, and changes what is bought or paid. */
  static Map<String, BiConsumer<Billing, Principal>> moneyMatters() {
    return Map.of(
        "checkout of a plan",
        (billing, caller) -> billing.checkouts().open(caller, pro()),
        "checkout of an item",
        (billing, caller) -> billing
            .checkouts()
            .open(caller, new ItemRequest("quiz-1", PAGE, PAGE, Optional.empty())),
        "item that costs nothing",
        (billing, caller) -> billing
            .checkouts()
            .open(caller, new ItemRequest("article-1", PAGE, PAGE, Optional.empty())),
        "payment of an item",
        (billing, caller) -> billing.itemPayments().begin(caller, "quiz-1", Optional.empty()),
        "customer",
        (billing, caller) -> billing.customers().ensure(caller, Optional.empty(), Optional.empty()),
        "payment method",
        (billing, caller) -> billing.paymentMethods().add(caller),
        "tax id",
        (billing, caller) -> billing.taxation().addId(caller, "eu_vat", "DE123456789"),
        "portal",
        (billing, caller) ->
            billing.portal().open(caller, PAGE, Optional.empty(), Optional.empty()),
        "coupon",
        (billing, caller) -> billing.coupons().apply(caller, "WELCOME", Optional.empty()));
  }

  static Set<String> matters() {
    return moneyMatters().keySet();
  }

  private void does(String matter, Principal caller) {
    BiConsumer<Billing, Principal> call = moneyMatters().get(matter);
    if (call == null) {
      throw new IllegalArgumentException(matter);
    }
    call.accept(billing, caller);
  }

  @ParameterizedTest
  @MethodSource("matters")
  void aMemberWithoutABillingRoleChangesNothing(String matter) {
    assertThatThrownBy(() -> does(matter, MEMBER))
        .isInstanceOf(Forbidden.class)
        .hasMessageContaining("ask one of its admin, billing, owner");

    assertThat(billing.customers().find(ACME)).isEmpty();
    assertThat(billing.purchases().of(ACME)).isEmpty();
    assertThat(world
            .store()
            .commands()
            .list(new JournalFilter(Optional.empty(), Optional.of(ACME)), Optional.empty(), 10))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"owner", "admin", "billing", "org:admin"})
  void anOwnerAndBillingRolesBuy(String role) {
    assertThat(billing.checkouts().open(member(role), pro()).url()).isPresent();
  }

  @Test
  void aCallerOfAnotherAccountWithoutARoleIsAMember() {
    Principal unknown =
        new Principal(ACME, ISSUER, "user_ada", Optional.empty(), Optional.empty(), false);

    assertThatThrownBy(() -> billing.checkouts().open(unknown, pro()))
        .isInstanceOf(Forbidden.class);
  }

  @Test
  void usersApiKeysAndVisitorsDecideAboutTheirOwnAccount() {
    assertThat(billing
            .checkouts()
            .open(Principal.ofUser(ISSUER, "user_ada"), pro())
            .url())
        .isPresent();
    assertThat(billing
            .checkouts()
            .open(Principal.ofApiKey(ACME, "key_1", false), pro())
            .url())
        .isPresent();
  }

  @Test
  void everyMemberUsesWhatTheOrganizationBought() {
    String session = billing.checkouts().open(member("owner"), pro()).session().id();
    world.provider().pay(session, Shopper.PAYS);
    world.settle();

    assertThat(billing.entitlements().check(MEMBER.account(), "sharing").allowed())
        .isTrue();
  }

  @Test
  void whichRolesDecideIsConfigured() {
    try (Billing own = Billing.builder()
        .store(world.store())
        .gateway(world.gateway())
        .catalog(billing.catalog())
        .checkoutOrigins("https://shop.example.com")
        .clock(world.engine()::now)
        .wallClock(world.wallClock())
        .workers(0)
        .billingRoles(new BillingRoles(Set.of("treasurer")))
        .build()) {
      assertThat(own.checkouts().open(member("treasurer"), pro()).url()).isPresent();
      assertThatThrownBy(() -> own.checkouts().open(member("admin"), pro()))
          .isInstanceOf(Forbidden.class)
          .hasMessageContaining("ask one of its treasurer");
      assertThat(own.billingRoles().include(member("admin"))).isFalse();
    }
  }
}
