package com.tatame.billing.mail;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStore;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import com.tatame.billing.outbox.AccountState;
import com.tatame.billing.outbox.AccountState.SubscriptionState;
import com.tatame.billing.outbox.EventHandler;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.text.Sha256;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plans mails by the entries of accounts' streams. What makes a mail unique is its cause, and never the
 * event or the attempt by which it became known:
 *
 * <ul>
 *   <li>welcome: the account
 *   <li>subscription started: the subscription; canceled and ended: the fact; changed: the change, of which an
 *       event may state several facts
 *   <li>trial ending: the subscription and its end
 *   <li>receipt and payment failed: the invoice
 *   <li>payment needs an action: the payment
 *   <li>purchase: the purchase; refund: the refund
 *   <li>limit near: the feature, its window and the threshold
 * </ul>
 *
 * <p>What was imported or repaired is no news, and neither is what is told late and happened long ago.
 */
public final class MailPlanner implements EventHandler {
  /** The name under which it subscribes. */
  public static final String SUBSCRIBER = "mail";

  /** So long before a trial ends its account is told. */
  static final Duration BEFORE_TRIAL_ENDS = Duration.ofDays(3);

  /** A payer who is at the page confirms a payment within this time, and needs no mail. */
  static final Duration TO_ACT = Duration.ofMinutes(10);

  private static final int ID_LENGTH = 24;

  private final MailStore store;
  private final MailSettings settings;
  private final CatalogInForce catalog;
  private final ProductStore products;
  private final InvoiceStore invoices;
  private final Clocks clocks;

  public MailPlanner(
      MailStore store,
      MailSettings settings,
      CatalogInForce catalog,
      ProductStore products,
      InvoiceStore invoices,
      Clocks clocks) {
    this.store = store;
    this.settings = settings;
    this.catalog = catalog;
    this.products = products;
    this.invoices = invoices;
    this.clocks = clocks;
  }

  /** What a mail is about, before it is known when it is due. */
  private record Draft(MailTemplate template, String cause, String objectId, MailContent content) {}

  @Override
  public void handle(PublishedEvent event) {
    List<PlannedMail> mails = catalog.pinned(() -> mails(event));
    if (!mails.isEmpty()) {
      store.plan(mails);
    }
  }

  private List<PlannedMail> mails(PublishedEvent event) {
    Cause.Source source = event.event().cause().source();
    if (source == Cause.Source.IMPORT || source == Cause.Source.RECONCILIATION) {
      return List.of();
    }
    List<PlannedMail> mails = new ArrayList<>();
    draft(event)
        .map(draft -> planned(event, draft))
        .filter(mail -> !event.late() || mail.expiresAt().isAfter(clocks.billingNow()))
        .ifPresent(mails::add);
    event
        .state()
        .map(AccountState::subscriptions)
        .orElse(List.of())
        .forEach(subscription -> trialEnding(event, subscription).ifPresent(mails::add));
    mails.removeIf(mail -> settings.off().contains(mail.template()));
    return mails;
  }

  private PlannedMail planned(PublishedEvent event, Draft draft) {
    Instant happened = event.event().fact().occurredAt();
    Duration delay =
        draft.template() == MailTemplate.PAYMENT_ACTION_REQUIRED ? TO_ACT : Duration.ZERO;
    return planned(
        event, draft, happened.plus(delay), happened.plus(settings.maxAge(draft.template())));
  }

  private PlannedMail planned(PublishedEvent event, Draft draft, Instant dueAt, Instant expiresAt) {
    return new PlannedMail(
        id(draft.template(), draft.cause(), event.account()),
        draft.template(),
        draft.cause(),
        event.account(),
        draft.objectId(),
        event.id(),
        draft.content(),
        clocks.wallNow(),
        dueAt,
        expiresAt,
        0,
        Optional.empty());
  }

  /** The same for each program that plans the mail. */
  private static String id(MailTemplate template, String cause, AccountId account) {
    return hashed(template.code() + "\n" + cause + "\n" + account.value());
  }

  static String hashed(String text) {
    return "mail_" + Sha256.hex(text).substring(0, ID_LENGTH);
  }

  private Optional<Draft> draft(PublishedEvent event) {
    Fact fact = event.event().fact();
    return switch (fact.type()) {
      case "account.created" -> {
        String account = event.account().value();
        yield draft(MailTemplate.WELCOME, account, account, MailContents.EMPTY);
      }
      case "subscription.opened", "subscription.activated" -> started(event);
      case "subscription.plan_changed", "subscription.interval_changed" -> changed(fact);
      case "subscription.cancellation_scheduled" -> canceled(event);
      case "subscription.ended" -> ended(fact);
      case "invoice.paid" -> receipt(event);
      case "invoice.payment_failed" -> paymentFailed(event);
      case "payment.action_required" ->
        detail(fact, "payment")
            .flatMap(payment -> draft(
                MailTemplate.PAYMENT_ACTION_REQUIRED,
                payment,
                payment,
                MailContents.of(fact.amount())));
      case "purchase.paid" -> purchase(fact);
      case "refund.succeeded" -> {
        String refund = withoutLast(fact.key());
        yield draft(MailTemplate.REFUND, refund, refund, MailContents.of(fact.amount()));
      }
      case "limit.threshold_crossed" -> limitNear(fact);
      default -> Optional.empty();
    };
  }

  private static Optional<Draft> draft(
      MailTemplate template, String cause, String objectId, MailContent content) {
    return Optional.of(new Draft(template, cause, objectId, content));
  }

  private static Optional<String> detail(Fact fact, String name) {
    return Optional.ofNullable(fact.details().get(name));
  }

  /** Of a key such as {@code in_1:paid} what comes before what happened. */
  private static String withoutLast(String key) {
    int colon = key.lastIndexOf(':');
    return colon < 0 ? key : key.substring(0, colon);
  }

  private Optional<Draft> started(PublishedEvent event) {
    Fact fact = event.event().fact();
    String status = fact.status();
    boolean begun = status.equals(SubscriptionStatus.ACTIVE.code())
        || status.equals(SubscriptionStatus.TRIALING.code());
    return fact.subscriptionId()
        .filter(id -> begun)
        .flatMap(id -> draft(MailTemplate.SUBSCRIPTION_STARTED, id, id, begun(event, id)));
  }

  /** What it is sold at, and when its trial ends if it is in one. */
  private MailContent begun(PublishedEvent event, String id) {
    MailContent plan = ofPlan(event.event().fact().terms().map(TermsChange::to));
    return state(event, id)
        .filter(now -> now.status().equals(SubscriptionStatus.TRIALING.code()))
        .flatMap(SubscriptionState::trialEnd)
        .map(end -> MailContents.withTime(plan, end))
        .orElse(plan);
  }

  private Optional<Draft> changed(Fact fact) {
    Optional<SubscriptionTerms> before = fact.terms().flatMap(TermsChange::from);
    MailContent now = ofPlan(fact.terms().map(TermsChange::to));
    return fact.subscriptionId()
        .flatMap(id -> draft(
            MailTemplate.SUBSCRIPTION_CHANGED,
            withoutLast(fact.key()),
            id,
            MailContents.withPrevious(
                now,
                before
                    .flatMap(this::titleOf)
                    // The plan is the same where it is billed in another interval.
                    .filter(title -> !now.title().equals(Optional.of(title))))));
  }

  private Optional<Draft> canceled(PublishedEvent event) {
    Fact fact = event.event().fact();
    Instant endsAt = fact.terms().flatMap(change -> change.to().endsAt()).orElse(fact.occurredAt());
    return fact.subscriptionId()
        .flatMap(id -> draft(
            MailTemplate.SUBSCRIPTION_CANCELED,
            fact.key(),
            id,
            MailContents.withTime(ofSubscription(event, id), endsAt)));
  }

  private static Optional<Draft> ended(Fact fact) {
    return fact.subscriptionId()
        .flatMap(id -> draft(
            MailTemplate.SUBSCRIPTION_ENDED,
            fact.key(),
            id,
            MailContents.withTime(MailContents.EMPTY, fact.occurredAt())));
  }

  private Optional<Draft> receipt(PublishedEvent event) {
    Fact fact = event.event().fact();
    String invoiceId = withoutLast(fact.key());
    return fact.amount().filter(paid -> paid.amount() > 0).isPresent()
        ? draft(MailTemplate.RECEIPT, invoiceId, invoiceId, ofInvoice(event, invoiceId))
        : Optional.empty();
  }

  private Optional<Draft> paymentFailed(PublishedEvent event) {
    return detail(event.event().fact(), "invoice")
        .flatMap(id -> draft(MailTemplate.PAYMENT_FAILED, id, id, ofInvoice(event, id)));
  }

  private Optional<Draft> purchase(Fact fact) {
    Optional<String> title =
        detail(fact, "item").flatMap(item -> catalog.get().item(item)).map(Item::name);
    return detail(fact, "purchase")
        .flatMap(id -> draft(
            MailTemplate.PURCHASE,
            id,
            id,
            MailContents.withTitle(MailContents.of(fact.amount()), title)));
  }

  private static Optional<Draft> limitNear(Fact fact) {
    Optional<String> feature = detail(fact, "feature");
    Optional<Long> used = detail(fact, "used").map(Long::valueOf);
    Optional<Long> limit = detail(fact, "limit").map(Long::valueOf);
    if (feature.isEmpty() || used.isEmpty() || limit.isEmpty()) {
      return Optional.empty();
    }
    MailContent content = MailContents.ofUsage(feature.get(), used.get(), limit.get());
    String cause = feature.get() + ":" + detail(fact, "periodStart").orElse("") + ":"
        + detail(fact, "threshold").orElse("");
    return draft(
        MailTemplate.LIMIT_NEAR,
        cause,
        feature.get(),
        detail(fact, "periodEnd")
            .map(Instant::parse)
            .map(end -> MailContents.withTime(content, end))
            .orElse(content));
  }

  private Optional<PlannedMail> trialEnding(PublishedEvent event, SubscriptionState subscription) {
    boolean goesOn = subscription.status().equals(SubscriptionStatus.TRIALING.code())
        && subscription.endsAt().isEmpty();
    return subscription
        .trialEnd()
        .filter(end -> goesOn && end.isAfter(clocks.billingNow()))
        .map(end -> planned(
            event,
            new Draft(
                MailTemplate.TRIAL_ENDING,
                subscription.id() + ":" + end,
                subscription.id(),
                MailContents.withTime(of(subscription), end)),
            end.minus(BEFORE_TRIAL_ENDS),
            end));
  }

  private MailContent ofInvoice(PublishedEvent event, String invoiceId) {
    Fact fact = event.event().fact();
    Optional<Invoice> invoice = invoices.find(event.account(), invoiceId);
    MailContent plan =
        fact.subscriptionId().map(id -> ofSubscription(event, id)).orElse(MailContents.EMPTY);
    Optional<Money> amount = fact.amount();
    return MailContents.withInvoice(plan, amount, invoice.flatMap(Invoice::number));
  }

  private MailContent ofSubscription(PublishedEvent event, String id) {
    return state(event, id).map(this::of).orElse(MailContents.EMPTY);
  }

  private static Optional<SubscriptionState> state(PublishedEvent event, String id) {
    return event.state().map(AccountState::subscriptions).orElse(List.of()).stream()
        .filter(subscription -> subscription.id().equals(id))
        .findFirst();
  }

  private MailContent of(SubscriptionState subscription) {
    return MailContents.ofPlan(
        subscription.tier().flatMap(tier -> catalog.get().plan(tier)).map(Plan::name),
        subscription.interval().flatMap(BillingInterval::of));
  }

  private MailContent ofPlan(Optional<SubscriptionTerms> terms) {
    Optional<Catalog.Offer> offer = terms.flatMap(this::offerOf);
    MailContent plan = MailContents.ofPlan(
        offer.map(sold -> sold.plan().name()), offer.map(Catalog.Offer::interval));
    return MailContents.withInvoice(plan, terms.flatMap(MailContents::priceOf), Optional.empty());
  }

  private Optional<String> titleOf(SubscriptionTerms terms) {
    return offerOf(terms).map(sold -> sold.plan().name());
  }

  private Optional<Catalog.Offer> offerOf(SubscriptionTerms terms) {
    String priceId = terms.mainItem().priceId();
    return catalog.get().offer(priceId, products.price(priceId).flatMap(Price::soldAs));
  }
}
