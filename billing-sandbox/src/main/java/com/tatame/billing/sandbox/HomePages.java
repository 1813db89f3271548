package com.tatame.billing.sandbox;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.ProductCatalog.PlanOffer;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.entitlement.EntitlementReport;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.money.Money;
import com.tatame.billing.subscription.Subscription;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers what the start page shows, through the same use cases that an embedding program calls. */
final class HomePages {
  private static final int SUBSCRIPTIONS = 5;
  private static final int EVENTS = 25;

  private final Billing billing;
  private final InstantSource clock;

  HomePages(Billing billing, InstantSource clock) {
    this.billing = billing;
    this.clock = clock;
  }

  HomePage page(Optional<String> subject, String csrf, Optional<HomePage.Notice> notice) {
    return new HomePage(
        csrf,
        clock.instant(),
        subject.map(this::user),
        TestUsers.SUBJECTS,
        billing.products().plans().stream().map(HomePages::card).toList(),
        notice);
  }

  private HomePage.User user(String subject) {
    AccountId account = new AccountId(subject);
    EntitlementReport entitlements = billing.entitlements().of(account);
    Optional<String> customer = billing.customers().find(account).map(CustomerLink::customerId);
    List<EventRecord> events = customer
        .map(
            id -> billing.webhooks().events(EventFilter.ALL.withLane(id), Optional.empty(), EVENTS))
        .orElse(List.of());
    return new HomePage.User(
        TestUsers.name(subject),
        subject,
        customer,
        billing
            .subscriptions()
            .list(account, Optional.empty(), Optional.empty(), SUBSCRIPTIONS)
            .stream()
            .map(this::card)
            .toList(),
        entitlements,
        billing.catalog().plan(entitlements.tier()).map(Plan::name).orElse(entitlements.tier()),
        events);
  }

  private HomePage.SubscriptionCard card(Subscription subscription) {
    String name = subscription
        .tier()
        .flatMap(billing.catalog()::plan)
        .map(Plan::name)
        .orElse(subscription.mainItem().priceId());
    Subscription.Item item = subscription.mainItem();
    String price = item.unitAmount()
        .map(amount -> new Money(amount * item.quantity(), item.currency()))
        .map(money -> subscription
            .interval()
            .map(interval -> StatusText.amount(money, interval))
            .orElse(StatusText.amount(money)))
        .orElse("");
    return new HomePage.SubscriptionCard(
        subscription,
        subscription.interval().map(interval -> StatusText.plan(name, interval)).orElse(name),
        price);
  }

  private static HomePage.PlanCard card(PlanOffer offer) {
    return new HomePage.PlanCard(
        offer.plan(),
        offer.plan().prices().entrySet().stream()
            .filter(entry -> offer.priceIds().containsKey(entry.getKey()))
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> new HomePage.Offer(
                entry.getKey(), StatusText.amount(entry.getValue().price(), entry.getKey())))
            .toList());
  }
}
