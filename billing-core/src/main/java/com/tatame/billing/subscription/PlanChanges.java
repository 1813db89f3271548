package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.ProductCatalog;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.observation.Observations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Another plan, interval or quantity: what it would cost, and making it so. */
final class PlanChanges {
  private static final Duration QUOTE_LIFETIME = Duration.ofMinutes(10);
  private static final int ALL = 101;

  private final ProductCatalog products;
  private final SubscriptionStore store;
  private final QuoteStore quotes;
  private final SubscriptionControl provider;
  private final Commands commands;
  private final Observations observations;
  private final InstantSource clock;

  PlanChanges(
      ProductCatalog products,
      SubscriptionStore store,
      QuoteStore quotes,
      SubscriptionControl provider,
      Commands commands,
      Observations observations,
      InstantSource clock) {
    this.products = products;
    this.store = store;
    this.quotes = quotes;
    this.provider = provider;
    this.commands = commands;
    this.observations = observations;
    this.clock = clock;
  }

  Quote quote(AccountId account, Subscription subscription, ChangeRequest request) {
    Instant now = now();
    Instant start = subscription.currentPeriodStart();
    SubscriptionChange change =
        change(account, subscription, request, Optional.of(now.isBefore(start) ? start : now));
    Subscription.Item item = subscription.mainItem();
    Quote quote = new Quote(
        "qt_" + commands.nextId().value(),
        account,
        change,
        item.priceId(),
        item.quantity(),
        ChangePreviewCalculator.of(
            change, item.currency(), subscription.currentPeriodEnd(), provider::preview),
        now,
        now.plus(QUOTE_LIFETIME));
    quotes.keep(quote);
    return quote;
  }

  void make(AccountId account, Subscription subscription, ChangeRequest request) {
    SubscriptionChange change = change(account, subscription, request, Optional.empty());
    boolean scheduled = scheduled(store.schedules(account), subscription).isPresent();
    if (change.holds(subscription) && !scheduled) {
      return;
    }
    try {
      run(account, change, subscription, ChangeCommands.params(change, subscription));
    } catch (ProviderRejected e) {
      throw Commands.wasSuperseded(e)
          ? Conflict.because("The subscription was changed meanwhile; look at it and try again.")
          : e;
    }
  }

  void makeAsQuoted(AccountId account, Subscription subscription, String quoteId) {
    Quote quote = quotes
        .find(account, quoteId)
        .filter(found -> found.change().subscriptionId().equals(subscription.id()))
        .orElseThrow(() -> new NotFound("quote", quoteId));
    boolean made = commands
        .lastSucceeded(account, ChangeCommands.kind(quote.change()), subscription.id())
        .filter(last -> ChangeCommands.quoteOf(last).filter(quoteId::equals).isPresent())
        .isPresent();
    if (made) {
      return;
    }
    if (!now().isBefore(quote.expiresAt())) {
      throw Conflict.quoteStale("The quote has expired; ask for a new one.");
    }
    requireChangeable(subscription, quote.change().policy());
    try {
      run(account, quote.change(), subscription, ChangeCommands.params(quote, subscription));
    } catch (ProviderRejected e) {
      // Also what the provider itself refuses now, although it had shown what it would cost.
      throw Conflict.quoteStale(
          "What was quoted no longer holds, and nothing was charged; ask for a new quote.");
    }
  }

  private void run(
      AccountId account,
      SubscriptionChange change,
      Subscription subscription,
      Map<String, String> params) {
    CommandKind kind = ChangeCommands.kind(change);
    Optional<SubscriptionSchedule> before = scheduled(store.schedules(account), subscription);
    Instant plannedAt =
        commands.plannedAfter(commands.lastSucceeded(account, kind, subscription.id()));
    try {
      commands.run(
          Command.planned(commands.nextId(), account, kind, subscription.id(), params, plannedAt));
    } catch (ProviderRejected e) {
      // The provider gives the same answer where there is no card to charge.
      if (e.providerCode().equals("resource_missing") && e.parameter().isEmpty()) {
        throw new PaymentDeclined(
            "missing_payment_method", "There is no payment method to charge; add one first.");
      }
      throw e;
    }
    // The change took its place, which the provider's event may tell later.
    before.ifPresent(schedule -> observations.refresh(schedule.ref(), schedule.subject()));
  }

  Optional<ScheduledChange> planned(
      List<SubscriptionSchedule> schedules, Subscription subscription) {
    return scheduled(schedules, subscription)
        .flatMap(schedule -> planned(schedule, subscription.currentPeriodStart()));
  }

  private Optional<SubscriptionSchedule> scheduled(
      List<SubscriptionSchedule> schedules, Subscription subscription) {
    return schedules.stream()
        .filter(schedule ->
            schedule.subscriptionId().filter(subscription.id()::equals).isPresent())
        .filter(schedule -> planned(schedule, subscription.currentPeriodStart()).isPresent())
        .findFirst();
  }

  private Optional<ScheduledChange> planned(SubscriptionSchedule schedule, Instant after) {
    return schedule.phases().stream()
        .filter(phase -> phase.startsAt().isAfter(after) && !phase.items().isEmpty())
        .findFirst()
        .map(phase -> {
          SubscriptionSchedule.Item item = phase.items().get(0);
          Optional<Catalog.Offer> offer = products.offer(item.priceId());
          return new ScheduledChange(
              offer.map(found -> found.plan().tier()),
              offer.map(Catalog.Offer::interval),
              item.priceId(),
              item.quantity()
                  .orElseGet(() -> offer.filter(PlanChanges::metered).isPresent() ? 0L : 1L),
              phase.startsAt());
        });
  }

  private SubscriptionChange change(
      AccountId account,
      Subscription subscription,
      ChangeRequest request,
      Optional<Instant> prorationDate) {
    requireChangeable(subscription, request.policy());
    Subscription.Item item = subscription.mainItem();
    String priceId = priceId(account, subscription, request);
    return new SubscriptionChange(
        subscription.id(),
        item.id(),
        priceId,
        quantity(subscription, priceId, request),
        request.policy(),
        prorationDate);
  }

  /** Of what is paid for by its use none is ordered. */
  private long quantity(Subscription subscription, String priceId, ChangeRequest request) {
    Subscription.Item item = subscription.mainItem();
    boolean wasMetered = item.recurrence().filter(Recurrence::metered).isPresent();
    boolean stays = priceId.equals(item.priceId());
    boolean metered = stays
        ? wasMetered
        : products.offer(priceId).filter(PlanChanges::metered).isPresent();
    if (metered && request.quantity().isPresent()) {
      throw ValidationFailed.of("quantity", "must be left out: the plan is paid for by its use");
    }
    boolean usedForMoney = wasMetered && subscription.status() != SubscriptionStatus.TRIALING;
    if (usedForMoney && !stays && request.policy() != ChangePolicy.AT_RENEWAL) {
      throw ValidationFailed.of(
          "policy", "must be at_renewal: what was used is billed when the period ends");
    }
    if (metered) {
      return 0;
    }
    return request.quantity().orElse(wasMetered ? 1 : item.quantity());
  }

  private static boolean metered(Catalog.Offer offer) {
    return offer.price().meter().isPresent();
  }

  private static void requireChangeable(Subscription subscription, ChangePolicy policy) {
    switch (subscription.status()) {
      case TRIALING, ACTIVE, PAST_DUE -> {}
      case INCOMPLETE, INCOMPLETE_EXPIRED, UNPAID, PAUSED, CANCELED ->
        throw Conflict.because(
            "A subscription that is " + subscription.status().code() + " can't be changed.");
    }
    if (policy == ChangePolicy.AT_RENEWAL && subscription.cancelAtPeriodEnd()) {
      throw Conflict.because("The subscription ends with its period; resume it first.");
    }
  }

  private String priceId(AccountId account, Subscription subscription, ChangeRequest request) {
    if (request.priceId().isEmpty()
        && request.tier().isEmpty()
        && request.interval().isEmpty()) {
      return subscription.mainItem().priceId();
    }
    if (request.priceId().isPresent()) {
      String priceId = request.priceId().get();
      Catalog.Offer offer = products
          .offer(priceId)
          .orElseThrow(() -> ValidationFailed.of("priceId", "'" + priceId + "' is not for sale"));
      requireSold("priceId", account, subscription, offer.plan());
      requireCurrency("priceId", subscription, offer.plan(), offer.price());
      return priceId;
    }
    String tier = request
        .tier()
        .or(subscription::tier)
        .orElseThrow(() -> ValidationFailed.of("tier", "is required: the present one is unknown"));
    Plan plan = products
        .catalog()
        .plan(tier)
        .orElseThrow(() -> ValidationFailed.of("tier", "'" + tier + "' is not a tier; see /plans"));
    requireSold("tier", account, subscription, plan);
    BillingInterval interval = request
        .interval()
        .or(subscription::interval)
        .orElseThrow(() -> ValidationFailed.of("interval", "is required: monthly or yearly"));
    PlanPrice price = Optional.ofNullable(plan.prices().get(interval))
        .orElseThrow(
            () -> ValidationFailed.of("interval", "'" + tier + "' is not sold for this interval"));
    requireCurrency("tier", subscription, plan, price);
    return products
        .priceId(price)
        .orElseThrow(
            () -> Conflict.because("The payment provider has no active price with lookup key '"
                + price.lookupKey()
                + "'."));
  }

  // A subscription stays in its currency. Where the catalog knows only one, it need not know that
  // of
  // the provider's price.
  private void requireCurrency(
      String field, Subscription subscription, Plan plan, PlanPrice price) {
    String currency = subscription.mainItem().currency();
    if (products.catalog().currencies().size() > 1
        && price.amounts().in(currency).isEmpty()) {
      throw ValidationFailed.of(
          field,
          "'" + plan.tier() + "' is not sold in " + currency
              + ", in which the subscription is billed");
    }
  }

  private void requireSold(String field, AccountId account, Subscription subscription, Plan plan) {
    if (!plan.selfService()) {
      throw ValidationFailed.of(field, "'" + plan.tier() + "' is not sold here");
    }
    store.list(account, Optional.empty(), Optional.empty(), ALL).stream()
        .filter(other -> !other.id().equals(subscription.id()) && other.status().live())
        .filter(other -> other
            .tier()
            .flatMap(products.catalog()::plan)
            .filter(sold -> sold.family().equals(plan.family()))
            .isPresent())
        .findFirst()
        .ifPresent(other -> {
          throw Conflict.subscriptionExists(other.id());
        });
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
