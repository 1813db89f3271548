package com.tatame.billing.promotion;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.UnknownPromotionCode;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.promotion.Ineligibility.Use;
import com.tatame.billing.promotion.Promotions.Offer;
import com.tatame.billing.subscription.Subscription;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Use cases: discounts that are given, and the codes by which they are claimed. */
public final class Coupons {
  private static final CommandParam<String> COUPON = CommandParam.text("coupon");
  private static final CommandParam<String> CODE = CommandParam.text("promotion_code");

  private final CatalogInForce catalog;
  private final PromotionStore store;
  private final Promotions provider;
  private final Customers customers;
  private final AccountHistory history;
  private final Commands commands;
  private final InstantSource clock;

  /**
   * Wires the use cases.
   *
   * @param clock the billing clock, by which codes expire
   */
  public Coupons(
      CatalogInForce catalog,
      PromotionStore store,
      Promotions provider,
      Customers customers,
      AccountHistory history,
      Commands commands,
      InstantSource clock) {
    this.catalog = catalog;
    this.store = store;
    this.provider = provider;
    this.customers = customers;
    this.history = history;
    this.commands = commands;
    this.clock = clock;
  }

  /**
   * What a code is worth to an account.
   *
   * @param ineligibility empty if it can be used
   * @param offer empty for an unknown code
   */
  public record Verdict(Optional<Ineligibility> ineligibility, Optional<Offer> offer) {}

  /** Those that the catalog calls public and the provider has, in the catalog's order. */
  public List<Coupon> list() {
    List<String> listed = catalog.get().coupons();
    return store.coupons(new HashSet<>(listed)).stream()
        .sorted(Comparator.comparing(coupon -> listed.indexOf(coupon.id())))
        .toList();
  }

  /**
   * Whether an account can use a code now.
   *
   * @param amount of what is to be bought, before the discount; empty for what the account's only
   *     living subscription costs or, without one, for whatever of the plans on sale the code allows
   */
  public Verdict validate(AccountId account, String code, Optional<Money> amount) {
    return validate(account, code, amount.map(List::of).orElseGet(() -> amounts(account)));
  }

  /**
   * As the other, for what is to be bought in one currency or another.
   *
   * @param amounts of it, before the discount
   */
  public Verdict validate(AccountId account, String code, List<Money> amounts) {
    List<Offer> offers = provider.codes(code);
    Use use = new Use(
        customers.find(account).map(CustomerLink::customerId),
        offers.stream().anyMatch(offer -> offer.code().firstPurchaseOnly())
            && history.hasPaid(account),
        amounts);
    // Of those that are spelt alike the one that can be used is meant, or else the newest.
    return offers.stream()
        .map(
            offer -> new Verdict(Ineligibility.of(offer, use, clock.instant()), Optional.of(offer)))
        .min(Comparator.comparing(verdict -> verdict.ineligibility().isPresent()))
        .orElseGet(() -> new Verdict(Optional.of(Ineligibility.UNKNOWN), Optional.empty()));
  }

  private List<Money> amounts(AccountId account) {
    List<Subscription> living = history.living(account);
    Stream<Money> present = living.stream().flatMap(subscription -> price(subscription).stream());
    return living.size() == 1
        ? present.toList()
        : Stream.concat(
                present,
                catalog.get().plans().stream()
                    .filter(Plan::selfService)
                    .flatMap(plan -> plan.prices().values().stream())
                    .map(PlanPrice::amounts)
                    .flatMap(amounts -> amounts.all().stream()))
            .toList();
  }

  /**
   * The code that an account may use.
   *
   * @param field names the code where it can't be used
   * @throws ValidationFailed saying why; {@link UnknownPromotionCode} if there is no such code
   */
  public PromotionCode usable(AccountId account, String field, String code, Money amount) {
    Verdict verdict = validate(account, code, Optional.of(amount));
    verdict.ineligibility().ifPresent(ineligibility -> {
      throw refusal(field, ineligibility);
    });
    return verdict.offer().orElseThrow().code();
  }

  /**
   * Puts a discount on a subscription, in the place of those that it has. Applying again what it has
   * already changes nothing.
   *
   * @param code a promotion code; of an administrator or a program also the id of a coupon
   * @param subscriptionId empty for the account's only living one
   * @throws ValidationFailed if the code can't be used, saying why
   * @throws NotFound if the account has no such subscription
   * @throws Conflict if there is none that lives
   * @throws com.tatame.billing.failure.Forbidden if the caller is a member of an organisation without a
   *     billing role
   */
  public Subscription apply(Principal caller, String code, Optional<String> subscriptionId) {
    customers.requireBillingRole(caller);
    AccountId account = caller.account();
    Optional<Command> earlier = commands.finishEarlier(CommandKind.APPLY_DISCOUNT);
    if (earlier.isPresent()) {
      return history.subscription(account, earlier.get().target()).orElseThrow();
    }
    Subscription subscription = subscription(account, subscriptionId);
    Verdict verdict = validate(account, code, price(subscription));
    boolean byId = caller.administrator() || caller.isApiKey();
    Optional<Coupon> coupon =
        byId && verdict.offer().isEmpty() ? provider.coupon(code) : Optional.<Coupon>empty();
    if (coupon.isEmpty()) {
      verdict.ineligibility().ifPresent(ineligibility -> {
        throw refusal("code", ineligibility);
      });
    }
    String couponId =
        coupon.or(() -> verdict.offer().map(Offer::coupon)).orElseThrow().id();
    boolean given = subscription
        .discount()
        .filter(discount -> discount.couponId().equals(couponId))
        .isPresent();
    if (!given) {
      CommandParams what =
          CommandParams.ofCustomer(subscription.customerId()).with(COUPON, couponId);
      if (coupon.isEmpty()) {
        what.with(CODE, verdict.offer().map(offer -> offer.code().id()));
      }
      commands.run(Command.planned(
          commands.nextId(),
          account,
          CommandKind.APPLY_DISCOUNT,
          subscription.id(),
          what.asMap(),
          commands.now()));
    }
    return history.subscription(account, subscription.id()).orElseThrow();
  }

  private static ValidationFailed refusal(String field, Ineligibility ineligibility) {
    return ineligibility == Ineligibility.UNKNOWN
        ? new UnknownPromotionCode(field, ineligibility.message())
        : ValidationFailed.of(field, ineligibility.message());
  }

  /**
   * The subscription that is meant.
   *
   * @param id empty for the account's only living one
   */
  Subscription subscription(AccountId account, Optional<String> id) {
    if (id.isPresent()) {
      Subscription named = history
          .subscription(account, id.get())
          .orElseThrow(() -> new NotFound("subscription", id.get()));
      if (named.terminal()) {
        throw Conflict.because("The subscription has ended.");
      }
      return named;
    }
    List<Subscription> living = history.living(account);
    if (living.isEmpty()) {
      throw Conflict.because("There is no subscription to discount; use the code at checkout.");
    }
    if (living.size() > 1) {
      throw ValidationFailed.of("subscriptionId", "is required: there are several subscriptions");
    }
    return living.get(0);
  }

  private static Optional<Money> price(Subscription subscription) {
    Subscription.Item item = subscription.mainItem();
    return item.unitAmount()
        .map(unit -> new Money(Math.multiplyExact(unit, item.quantity()), item.currency()));
  }

  /** How discounts are sent, and found. */
  public static Map<CommandKind, CommandHandler> handlers(
      Promotions provider, CommandSearch search) {
    return Map.of(
        CommandKind.APPLY_DISCOUNT,
        CommandHandler.of(
            Coupons::customer,
            command -> CODE.find(command)
                .map(code -> provider.applyCode(command.target(), code, command.idempotencyKey()))
                .orElseGet(() -> provider.applyCoupon(
                    command.target(), COUPON.get(command), command.idempotencyKey())),
            command -> {
              Observation present = search.read(command, customer(command));
              boolean given = present
                  .state()
                  .map(Subscription.class::cast)
                  .flatMap(Subscription::discount)
                  .filter(discount -> discount.couponId().equals(COUPON.get(command)))
                  .isPresent();
              return search.changed(command, present, given);
            }));
  }

  private static Optional<SubjectId> customer(Command command) {
    return CommandParam.CUSTOMER.find(command).map(SubjectId::new);
  }
}
