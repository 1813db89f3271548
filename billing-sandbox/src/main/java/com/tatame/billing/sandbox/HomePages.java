package com.tatame.billing.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.ProductCatalog.PlanOffer;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.EntitlementReport;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.StoredEvent;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceDetails;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.invoice.Invoices;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.money.Money;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.ScheduledChange;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.Subscriptions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Gathers what the pages show, through the same use cases that an embedding program calls. */
final class HomePages {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_SUBSCRIPTIONS = 5;
  private static final int MAX_INVOICES = 6;
  private static final int MAX_EVENTS = 15;
  private static final int MAX_FACTS = 100;

  private final Billing billing;
  private final InstantSource clock;

  HomePages(Billing billing, InstantSource clock) {
    this.billing = billing;
    this.clock = clock;
  }

  HomePage page(Optional<String> subject, String csrf, Optional<HomePage.Notice> notice) {
    Optional<HomePage.User> user = subject.map(this::user);
    Optional<Subscription> held =
        user.flatMap(HomePage.User::changeable).map(HomePage.SubscriptionCard::subscription);
    Set<String> owned = subject.map(AccountId::new).map(billing.purchases()::of).stream()
        .flatMap(List::stream)
        .filter(purchase -> purchase.status() == Purchase.Status.PAID)
        .map(purchase -> purchase.sale().item())
        .collect(Collectors.toSet());
    return new HomePage(
        csrf,
        clock.instant(),
        user,
        TestUsers.SUBJECTS,
        billing.products().plans().stream().map(offer -> card(offer, held)).toList(),
        billing.catalog().items().stream().map(item -> row(item, owned)).toList(),
        notice);
  }

  private HomePage.User user(String subject) {
    AccountId account = new AccountId(subject);
    Optional<String> customer = billing.customers().find(account).map(CustomerLink::customerId);
    List<Invoices.Shown> invoices =
        billing.invoices().list(account, Optional.empty(), MAX_INVOICES);
    var showing = billing.subscriptions().showing(account);
    return new HomePage.User(
        TestUsers.name(subject),
        subject,
        customer,
        billing
            .subscriptions()
            .list(account, Optional.empty(), Optional.empty(), MAX_SUBSCRIPTIONS)
            .stream()
            .map(subscription -> card(showing.apply(subscription), invoices))
            .toList(),
        rights(billing.entitlements().of(account)),
        new HomePage.Money(
            invoices.stream().map(HomePages::row).toList(),
            billing.purchases().of(account).stream().map(this::row).toList()),
        customer.map(id -> events(account, id)).orElse(List.of()));
  }

  private HomePage.Rights rights(EntitlementReport report) {
    Set<String> bought =
        billing.catalog().items().stream().map(Item::kind).collect(Collectors.toSet());
    return new HomePage.Rights(
        planName(report.tier()),
        report.source().flatMap(AccountEntitlement.Source::graceUntil),
        report.features().values().stream()
            .map(decision -> new HomePage.FeatureRow(
                decision.name(),
                StatusText.label(decision.name()),
                StatusText.standing(decision),
                decision.allowed(),
                gauge(decision),
                !(decision.feature() instanceof Feature.Flag) && !bought.contains(decision.name())))
            .toList());
  }

  private static Optional<HomePage.Gauge> gauge(Decision decision) {
    return decision
        .allowance()
        .flatMap(allowance -> allowance
            .limit()
            .filter(limit -> limit > 0)
            .map(limit -> new HomePage.Gauge(Math.min(allowance.used(), limit), limit)));
  }

  private HomePage.SubscriptionCard card(Subscriptions.Shown shown, List<Invoices.Shown> invoices) {
    Subscription subscription = shown.subscription();
    String name =
        subscription.tier().map(this::planName).orElse(subscription.mainItem().priceId());
    String price = price(subscription);
    return new HomePage.SubscriptionCard(
        subscription,
        subscription.interval().map(interval -> StatusText.plan(name, interval)).orElse(name),
        price,
        StatusText.outlook(subscription, price),
        shown.scheduledChange().map(this::scheduled),
        invoices.stream()
            .filter(each -> each.invoice().status() == InvoiceStatus.OPEN
                && each.invoice()
                    .subscriptionId()
                    .filter(subscription.id()::equals)
                    .isPresent())
            .findFirst()
            .map(HomePages::row));
  }

  private String scheduled(ScheduledChange change) {
    String name = change.tier().map(this::planName).orElse(change.priceId());
    return "Changes to "
        + change.interval().map(interval -> StatusText.plan(name, interval)).orElse(name) + " on "
        + StatusText.date(change.at()) + ".";
  }

  private static String price(Subscription subscription) {
    Subscription.Item item = subscription.mainItem();
    return item.unitAmount()
        .map(amount -> new Money(amount * item.quantity(), item.currency()))
        .map(money -> subscription
            .interval()
            .map(interval -> StatusText.amount(money, interval))
            .orElse(StatusText.amount(money)))
        .orElse("");
  }

  private String planName(String tier) {
    return billing.catalog().plan(tier).map(Plan::name).orElse(tier);
  }

  private static HomePage.InvoiceRow row(Invoices.Shown shown) {
    Invoice invoice = shown.invoice();
    return new HomePage.InvoiceRow(
        invoice.id(),
        invoice.number().orElse("draft"),
        invoice.createdAt(),
        StatusText.amount(new Money(invoice.total(), invoice.currency())),
        invoice.status().code(),
        shown.details().flatMap(InvoiceDetails::hostedUrl));
  }

  private HomePage.PurchaseRow row(Purchase purchase) {
    String paid = StatusText.amount(purchase.amount());
    return new HomePage.PurchaseRow(
        billing
            .catalog()
            .item(purchase.sale().item())
            .map(Item::name)
            .orElse(purchase.sale().item()),
        purchase.createdAt(),
        purchase
            .sale()
            .discount()
            .map(discount -> discount.percent() == 100
                ? StatusText.label(discount.reason())
                : paid + ", " + discount.percent() + " % off ("
                    + StatusText.label(discount.reason()) + ")")
            .orElse(paid),
        purchase.status().code());
  }

  private static HomePage.ItemRow row(Item item, Set<String> owned) {
    return new HomePage.ItemRow(
        item.id(),
        item.name(),
        StatusText.label(item.kind()),
        item.price().amount() == 0 ? "Free" : StatusText.amount(item.price()),
        !item.repeatable() && owned.contains(item.id()));
  }

  private HomePage.PlanCard card(PlanOffer offer, Optional<Subscription> held) {
    Plan plan = offer.plan();
    Optional<BillingInterval> interval = held.filter(
            subscription -> subscription.tier().filter(plan.tier()::equals).isPresent())
        .flatMap(Subscription::interval);
    return new HomePage.PlanCard(
        plan,
        plan.prices().entrySet().stream()
            .filter(entry -> plan.selfService() && offer.priceIds().containsKey(entry.getKey()))
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> new HomePage.Offer(
                entry.getKey(),
                StatusText.amount(entry.getValue().price(), entry.getKey()),
                interval.filter(entry.getKey()::equals).isPresent()))
            .toList(),
        plan.tier().equals(billing.catalog().defaultTier()));
  }

  private List<HomePage.EventRow> events(AccountId account, String customer) {
    Map<String, List<String>> facts = facts(account);
    return billing
        .webhooks()
        .events(EventFilter.ALL.withLane(customer), Optional.empty(), MAX_EVENTS)
        .stream()
        .map(event -> new HomePage.EventRow(event, facts.getOrDefault(event.id(), List.of())))
        .toList();
  }

  private Map<String, List<String>> facts(AccountId account) {
    return billing
        .events()
        .list(account, BillingEventFilter.ALL, Optional.empty(), MAX_FACTS)
        .stream()
        .filter(event -> event.providerEventId().isPresent())
        .collect(Collectors.groupingBy(
            event -> event.providerEventId().orElseThrow(),
            Collectors.mapping(HomePages::words, Collectors.toList())));
  }

  private static String words(BillingEvent event) {
    String what = StatusText.label(event.fact().type().replace('.', ' '));
    return event
        .fact()
        .amount()
        .map(money -> what + ", " + StatusText.amount(money))
        .orElse(what);
  }

  /**
   * One webhook of a user.
   *
   * @throws NotFound if there is none, or it is about another user
   */
  HomePage.EventDetails event(AccountId account, String id) {
    StoredEvent stored = billing.webhooks().event(id);
    EventRecord event = stored.event();
    Optional<String> customer = billing.customers().find(account).map(CustomerLink::customerId);
    if (customer.isEmpty() || !customer.equals(event.lane())) {
      throw new NotFound("event", id);
    }
    return new HomePage.EventDetails(
        event,
        facts(account).getOrDefault(id, List.of()),
        stored.payload().map(HomePages::changes).orElse(List.of()),
        stored.payload().map(HomePages::pretty).orElse(""));
  }

  // The provider tells what was there before.
  private static List<String> changes(String payload) {
    JsonNode data = tree(payload).path("data");
    List<String> changes = new ArrayList<>();
    data.path("previous_attributes").properties().forEach(before -> {
      JsonNode after = data.path("object").path(before.getKey());
      if (before.getValue().isValueNode() && (after.isValueNode() || after.isMissingNode())) {
        changes.add(StatusText.label(before.getKey()) + ": " + before.getValue().asText("nothing")
            + " → " + after.asText("nothing"));
      } else {
        changes.add(StatusText.label(before.getKey()));
      }
    });
    return changes;
  }

  private static String pretty(String payload) {
    return tree(payload).toPrettyString();
  }

  private static JsonNode tree(String payload) {
    try {
      return JSON.readTree(payload);
    } catch (JsonProcessingException e) {
      return JSON.getNodeFactory().textNode(payload);
    }
  }

  /** What a change would cost, in words. */
  HomePage.QuoteView view(Quote quote, Subscription subscription, String tier) {
    BillingInterval interval = billing
        .catalog()
        .plan(tier)
        .flatMap(plan -> billing.products().plans().stream()
            .filter(offer -> offer.plan().equals(plan))
            .flatMap(offer -> offer.priceIds().entrySet().stream())
            .filter(price -> price.getValue().equals(quote.change().priceId()))
            .map(Map.Entry::getKey)
            .findFirst())
        .orElse(BillingInterval.MONTHLY);
    Quote.Figures figures = quote.figures();
    return new HomePage.QuoteView(
        quote.id(),
        subscription.id(),
        tier,
        interval,
        StatusText.plan(planName(tier), interval),
        quote.change().policy() == ChangePolicy.AT_RENEWAL,
        new HomePage.Figures(
            StatusText.amount(figures.dueNow()),
            figures.nextInvoice().map(StatusText::amount),
            subscription.currentPeriodEnd(),
            figures.lines().stream()
                .map(line ->
                    new HomePage.QuoteLine(line.description(), StatusText.amount(line.amount())))
                .toList()));
  }
}
