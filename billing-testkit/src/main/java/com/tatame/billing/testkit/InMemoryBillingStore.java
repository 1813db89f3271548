package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.account.Principal;
import com.tatame.billing.anonymous.AnonymousSessionStore;
import com.tatame.billing.apikey.ApiKeyStore;
import com.tatame.billing.audit.AuditStore;
import com.tatame.billing.catalog.CatalogStore;
import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.checkin.CheckInStore;
import com.tatame.billing.checkout.CheckoutStore;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.drift.DriftStore;
import com.tatame.billing.duplicate.DuplicateStore;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.idempotency.IdempotencyStore;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.invoice.InvoiceStore;
import com.tatame.billing.ledger.BillingEventStore;
import com.tatame.billing.mail.MailStore;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.outbox.EndpointStore;
import com.tatame.billing.outbox.EventFeedStore;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.payment.PaymentIntentStore;
import com.tatame.billing.payment.PaymentMethodStore;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.promotion.DiscountStore;
import com.tatame.billing.promotion.PromotionStore;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.refund.RefundStore;
import com.tatame.billing.schedule.TaskStore;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.store.StoreMode;
import com.tatame.billing.subscription.QuoteStore;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.tax.TaxIdStore;
import com.tatame.billing.trial.TrialStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A store that keeps everything in memory only. It refuses what a
 * database would refuse: a second link, a second open command, a stale version, a lost lease.
 * Thread-safe by one lock.
 */
public final class InMemoryBillingStore implements BillingStore {
  private final SharedLock lock = new SharedLock();
  private final InMemoryAudit audit = new InMemoryAudit(lock);
  private final MirroredRows rows = new MirroredRows(lock);
  private final InMemoryInbox inbox = new InMemoryInbox(lock, rows, new ArrivingUnits(), audit);
  private final InMemoryProjections projections = new InMemoryProjections(lock, rows, inbox);
  private final InMemoryJournal journal = new InMemoryJournal(lock, audit);
  private final InMemoryDiscounts discounts = new InMemoryDiscounts(lock, journal);
  private final InMemoryQuotes quotes = new InMemoryQuotes(lock, journal);
  private final InMemoryIdempotency idempotency = new InMemoryIdempotency(lock);
  private final InMemoryApiKeys apiKeys = new InMemoryApiKeys(lock, audit);
  private final InMemoryDrift drift = new InMemoryDrift(lock, rows, audit);
  private final InMemoryDuplicates duplicates = new InMemoryDuplicates(lock, rows);
  private final InMemoryTrials trials = new InMemoryTrials(lock, rows);
  private final InMemoryTasks tasks = new InMemoryTasks(lock);
  private final InMemoryGrants grants = new InMemoryGrants(lock, audit, rows.streams());
  private final InMemorySubscribers subscribers =
      new InMemorySubscribers(lock, rows.streams(), audit);
  private final InMemoryMails mails = new InMemoryMails(lock, audit);
  private final InMemoryMeterReports meters = new InMemoryMeterReports(lock, rows, audit);
  private final InMemoryCatalogs catalogs = new InMemoryCatalogs(lock, rows, meters, audit);
  private final InMemoryUsage usage = new InMemoryUsage(lock, rows, grants, meters, catalogs);
  private final InMemoryAnonymousSessions anonymous =
      new InMemoryAnonymousSessions(lock, usage, this::claimConversations, audit);
  private final InMemoryConversations conversations =
      new InMemoryConversations(lock, usage, audit, anonymous::claimed);
  private final InMemoryCheckIns checkIns = new InMemoryCheckIns(lock, audit);
  private final InMemoryPurchases purchases =
      new InMemoryPurchases(lock, rows, anonymous, usage, audit);
  private final InMemoryPayments payments = new InMemoryPayments(lock, rows, anonymous);
  private final InMemoryReads reads = new InMemoryReads(lock, rows, anonymous);

  @Override
  public InboxStore inbox() {
    return inbox;
  }

  @Override
  public ProjectionStore projections() {
    return projections;
  }

  @Override
  public CommandJournal commands() {
    return journal;
  }

  @Override
  public CustomerStore customers() {
    return reads.customers();
  }

  @Override
  public SubscriptionStore subscriptions() {
    return reads.subscriptions();
  }

  @Override
  public QuoteStore quotes() {
    return quotes;
  }

  @Override
  public CheckoutStore checkouts() {
    return reads.checkouts();
  }

  @Override
  public PurchaseStore purchases() {
    return purchases;
  }

  @Override
  public PaymentIntentStore paymentIntents() {
    return payments;
  }

  @Override
  public RefundStore refunds() {
    return payments;
  }

  @Override
  public AnonymousSessionStore anonymousSessions() {
    return anonymous;
  }

  @Override
  public InvoiceStore invoices() {
    return reads.invoices();
  }

  @Override
  public PaymentMethodStore paymentMethods() {
    return reads.paymentMethods();
  }

  @Override
  public TaxIdStore taxIds() {
    return reads.taxIds();
  }

  @Override
  public PromotionStore promotions() {
    return reads.promotions();
  }

  @Override
  public DiscountStore discounts() {
    return discounts;
  }

  @Override
  public ProductStore products() {
    return reads.products();
  }

  @Override
  public CatalogStore catalogs() {
    return catalogs;
  }

  @Override
  public UsageStore usage() {
    return usage;
  }

  @Override
  public GrantStore grants() {
    return grants;
  }

  @Override
  public MeterReportStore meterReports() {
    return meters;
  }

  @Override
  public ReservationStore reservations() {
    return usage;
  }

  @Override
  public BillingEventStore billingEvents() {
    return reads.billingEvents();
  }

  @Override
  public EventFeedStore eventFeed() {
    return rows.streams();
  }

  @Override
  public SubscriberStore subscribers() {
    return subscribers;
  }

  @Override
  public EndpointStore eventEndpoints() {
    return subscribers.endpoints();
  }

  @Override
  public MailStore mails() {
    return mails;
  }

  @Override
  public ConversationStore conversations() {
    return conversations;
  }

  @Override
  public CheckInStore checkIns() {
    return checkIns;
  }

  // The sessions, which conversations ask, are there before them.
  private void claimConversations(AccountId visitor, Owner claimer) {
    conversations.move(visitor, claimer);
  }

  @Override
  public AuditStore audit() {
    return audit;
  }

  @Override
  public IdempotencyStore idempotency() {
    return idempotency;
  }

  @Override
  public ApiKeyStore apiKeys() {
    return apiKeys;
  }

  @Override
  public DriftStore drift() {
    return drift;
  }

  @Override
  public DuplicateStore duplicates() {
    return duplicates;
  }

  @Override
  public TrialStore trials() {
    return trials;
  }

  @Override
  public TaskStore tasks() {
    return tasks;
  }

  /** The facts stored about a subject, in the order in which they were appended. */
  public List<Fact> factsOf(SubjectId subject) {
    return lock.hold(() -> rows.factsOf(subject));
  }

  /** Who stands behind accounts, as last stored. */
  public List<Principal> storedUsers() {
    return lock.hold(rows::users);
  }

  private final class ArrivingUnits implements InMemoryInbox.Units {
    @Override
    public CommitResult commit(Unit unit, Instant now) {
      return projections.commit(unit, now);
    }

    @Override
    public void requireStorable(Unit unit) {
      projections.requireStorable(unit);
    }
  }

  @Override
  public void ping() {
    lock.hold(() -> true);
  }

  /** Empty: it lives in the process of its only node. */
  @Override
  public Optional<Instant> time() {
    return Optional.empty();
  }

  @Override
  public StoreMode mode() {
    return lock.hold(() -> StoreMode.OPEN);
  }

  @Override
  public void close() {
    lock.close();
  }
}
