package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.ProductCatalog;
import com.tatame.billing.checkout.Confirmation.Status;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.promotion.Coupons;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.trial.TrialLedger;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Use cases: selling subscriptions and items. */
public final class Checkouts {
  private final ProductCatalog products;
  private final Customers customers;
  private final SubscriptionStore subscriptions;
  private final Coupons coupons;
  private final TrialLedger trials;
  private final SessionOpening sessions;
  private final ItemCheckouts items;
  private final CurrencySwitch currency;

  public Checkouts(
      ProductCatalog products,
      Customers customers,
      SubscriptionStore subscriptions,
      Rules rules,
      SessionOpening sessions,
      ItemCheckouts items) {
    this.products = products;
    this.customers = customers;
    this.subscriptions = subscriptions;
    this.coupons = rules.coupons();
    this.trials = rules.trials();
    this.currency = rules.currency();
    this.sessions = sessions;
    this.items = items;
  }

  /** What the sale of a plan is subject to. */
  public record Rules(Coupons coupons, TrialLedger trials, CurrencySwitch currency) {}

  /**
   * An open session, whether this call made it, and the trial that it gives.
   *
   * @param url where the payer goes; empty if the session was completed or has expired since
   */
  public record Opened(
      CheckoutSession session, Optional<String> url, boolean created, TrialTerms trial) {
    Opened(CheckoutSession session, Optional<String> url, boolean created) {
      this(session, url, created, new TrialTerms(0, false));
    }

    @Override
    public String toString() {
      return "Opened[session=" + session + "]";
    }
  }

  /**
   * The trial that a checkout gives.
   *
   * @param days 0 for none
   * @param used whether there is none because the person has had one
   */
  public record TrialTerms(int days, boolean used) {}

  /**
   * What became of the wish to buy an item.
   *
   * @param session where it is paid
   * @param url where the payer goes; empty where there is no session that is open
   * @param free the purchase itself, if there is nothing to pay
   * @param created whether this call made it
   */
  public record Sold(
      Optional<CheckoutSession> session,
      Optional<String> url,
      Optional<Purchase> free,
      boolean created) {
    @Override
    public String toString() {
      return "Sold[session=" + session + ", free=" + free + "]";
    }
  }

  private record Sale(Plan plan, Catalog.Offer offer, String priceId) {}

  /**
   * Opens a checkout, or returns the open one that sells the same. An open one that sells something
   * else of the same family is closed first, so that both can't be paid.
   *
   * @throws ValidationFailed naming the field
   * @throws Conflict if a subscription of the family is live already, or {@code currency_fixed} if
   *     the account pays in another currency
   * @throws com.tatame.billing.failure.Forbidden if the caller is a member of an organisation without a
   *     billing role
   */
  public Opened open(Principal caller, CheckoutRequest request) {
    return products.withOneCatalog(() -> opened(caller, request));
  }

  private Opened opened(Principal caller, CheckoutRequest request) {
    customers.requireBillingRole(caller);
    sessions.requireReturnUrls(request.successUrl(), request.cancelUrl());
    Sale sale = saleOf(request);
    if (sale.offer().price().meter().isPresent() && request.quantity() != 1) {
      throw ValidationFailed.of("quantity", "must be left out: the plan is paid for by its use");
    }
    AccountId account = caller.account();
    refuseSecond(account, sale.plan());
    Money unit = currency.price(
        account, sale.plan().tier(), sale.offer().price().amounts(), request.currency());
    CustomerLink customer =
        customers.ensure(caller, request.email(), Optional.empty()).link();
    Optional<String> promotion = request
        .promotionCode()
        .map(code -> coupons
            .usable(account, "promotionCode", code, amount(sale, unit, request))
            .id());
    TrialTerms trial = trial(caller, customer, sale.plan(), request);
    Opened opened = sessions.open(new SessionOpening.Request(
        account,
        CommandKind.CREATE_CHECKOUT,
        sale.plan().family(),
        CheckoutCommands.params(checkout(customer, sale, unit, request, trial, promotion)),
        same -> true,
        () -> {
          refuseSecond(account, sale.plan());
          currency.require(account, unit.currency());
        },
        session -> session.subscriptionId().ifPresent(id -> subscription(account, id))));
    return new Opened(opened.session(), opened.url(), opened.created(), trial);
  }

  private TrialTerms trial(
      Principal caller, CustomerLink customer, Plan plan, CheckoutRequest request) {
    if (plan.trialDays() == 0) {
      return new TrialTerms(0, false);
    }
    List<String> emails = Stream.of(caller.email(), request.email(), customer.email())
        .flatMap(Optional::stream)
        .toList();
    return trials.had(customer.accountId(), emails, plan.family())
        ? new TrialTerms(0, true)
        : new TrialTerms(plan.trialDays(), false);
  }

  /**
   * Opens a checkout for an item, or returns the open one that sells it on the same terms. What is
   * free for the caller needs none: it is bought at once.
   *
   * @throws ValidationFailed naming the field
   * @throws com.tatame.billing.failure.Forbidden if the caller is a member of an organisation without a
   *     billing role
   */
  public Sold open(Principal caller, ItemRequest request) {
    customers.requireBillingRole(caller);
    sessions.requireReturnUrls(request.successUrl(), request.cancelUrl());
    return products.withOneCatalog(() -> items.open(caller, request));
  }

  /**
   * The currency in which an account pays: that of its first purchase, for good.
   *
   * @return empty if it has bought nothing, or the catalog sells in one currency alone
   */
  public Optional<String> currency(AccountId account) {
    return currency.of(account);
  }

  /**
   * Where the payer of a checkout goes, as the provider has it now.
   *
   * @return empty if the session is not open any more
   * @throws com.tatame.billing.failure.NotFound if the account has no such session
   */
  public Optional<String> url(AccountId account, String sessionId) {
    return sessions.page(account, sessions.session(account, sessionId)).url();
  }

  /**
   * Tells how a checkout stands, asking the provider if its events have not arrived yet. Doesn't wait.
   *
   * @throws com.tatame.billing.failure.NotFound if the account has no such session
   */
  public Confirmation confirm(AccountId account, String sessionId) {
    CheckoutSession session = sessions.session(account, sessionId);
    if (!session.terminal()) {
      session = sessions.refresh(account, session);
    }
    Optional<String> purchaseId = items.sold(session);
    if (purchaseId.isPresent()) {
      return items.confirm(account, session, purchaseId.get());
    }
    Optional<Subscription> subscription =
        session.subscriptionId().flatMap(id -> subscription(account, id));
    return new Confirmation(status(session, subscription), subscription, Optional.empty());
  }

  private static Status status(CheckoutSession session, Optional<Subscription> subscription) {
    return switch (session.status()) {
      case OPEN -> Status.PENDING;
      case EXPIRED -> Status.EXPIRED;
      case COMPLETE -> {
        if (subscription
            .filter(s -> s.status() == SubscriptionStatus.INCOMPLETE_EXPIRED)
            .isPresent()) {
          yield Status.FAILED;
        }
        yield session.paid() && subscription.isPresent() ? Status.PAID : Status.PENDING;
      }
    };
  }

  private CheckoutSessions.NewSubscriptionCheckout checkout(
      CustomerLink customer,
      Sale sale,
      Money unit,
      CheckoutRequest request,
      TrialTerms trial,
      Optional<String> promotion) {
    return new CheckoutSessions.NewSubscriptionCheckout(
        customer.accountId(),
        customer.customerId(),
        sale.priceId(),
        quantity(sale, request),
        trial.days(),
        Optional.of(sale.plan().tier()),
        Optional.of(sale.offer().interval().code()),
        request.successUrl(),
        request.cancelUrl(),
        promotion,
        // Otherwise the provider would choose by where the payer seems to be.
        currency.several() ? Optional.of(unit.currency()) : Optional.empty());
  }

  private static Money amount(Sale sale, Money unit, CheckoutRequest request) {
    return new Money(Math.multiplyExact(unit.amount(), quantity(sale, request)), unit.currency());
  }

  // What is metered is ordered in no quantity.
  private static long quantity(Sale sale, CheckoutRequest request) {
    return sale.offer().price().meter().isPresent() ? 0 : request.quantity();
  }

  private Sale saleOf(CheckoutRequest request) {
    return request.priceId().map(this::saleOfPrice).orElseGet(() -> saleOfTier(request));
  }

  private Sale saleOfPrice(String priceId) {
    Catalog.Offer offer = products
        .offer(priceId)
        .filter(found -> found.plan().selfService())
        .orElseThrow(() -> ValidationFailed.of("priceId", "'" + priceId + "' is not for sale"));
    return new Sale(offer.plan(), offer, priceId);
  }

  private Sale saleOfTier(CheckoutRequest request) {
    String tier = request.tier().orElseThrow();
    Plan plan = products
        .catalog()
        .plan(tier)
        .orElseThrow(() -> ValidationFailed.of("tier", "'" + tier + "' is not a tier; see /plans"));
    if (!plan.selfService()) {
      throw ValidationFailed.of("tier", "'" + tier + "' is not sold at checkout");
    }
    PlanPrice price = request
        .interval()
        .map(plan.prices()::get)
        .orElseThrow(
            () -> ValidationFailed.of("interval", "'" + tier + "' is not sold for this interval"));
    String priceId = products
        .priceId(price)
        .orElseThrow(
            () -> Conflict.because("The payment provider has no active price with lookup key '"
                + price.lookupKey()
                + "'."));
    return new Sale(
        plan, new Catalog.Offer(plan, request.interval().orElseThrow(), price), priceId);
  }

  private void refuseSecond(AccountId account, Plan plan) {
    subscriptions.all(account).stream()
        .filter(subscription -> subscription.status().live())
        .filter(subscription -> subscription
            .tier()
            .flatMap(products.catalog()::plan)
            .filter(other -> other.family().equals(plan.family()))
            .isPresent())
        .findFirst()
        .ifPresent(existing -> {
          throw Conflict.subscriptionExists(existing.id());
        });
  }

  private Optional<Subscription> subscription(AccountId account, String id) {
    Optional<Subscription> known = subscriptions.find(account, id);
    if (known.isPresent()) {
      return known;
    }
    Optional<SubjectId> subject =
        customers.find(account).map(customer -> new SubjectId(customer.customerId()));
    subject.ifPresent(
        customer -> sessions.refresh(new ObjectRef(ObjectKind.SUBSCRIPTION, id), customer));
    return subscriptions.find(account, id);
  }
}
