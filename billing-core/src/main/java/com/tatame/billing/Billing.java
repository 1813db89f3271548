package com.tatame.billing;

import com.tatame.billing.account.BillingRoles;
import com.tatame.billing.anonymous.AnonymousSessions;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.audit.AuditLog;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.catalog.ProductCatalog;
import com.tatame.billing.checkin.CheckIns;
import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.command.CommandAdministration;
import com.tatame.billing.conversation.Conversations;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.drift.DriftMonitor;
import com.tatame.billing.duplicate.Duplicates;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Grants;
import com.tatame.billing.entitlement.Guard;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.importing.Imports;
import com.tatame.billing.inbox.BatchStep;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.InboxWorkers;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.invoice.Invoices;
import com.tatame.billing.lease.Heartbeats;
import com.tatame.billing.mail.MailAdministration;
import com.tatame.billing.mail.MailSender;
import com.tatame.billing.mail.Unsubscription;
import com.tatame.billing.metering.MeteredUsage;
import com.tatame.billing.outbox.BillingEvents;
import com.tatame.billing.outbox.EventEndpoints;
import com.tatame.billing.outbox.Subscribers;
import com.tatame.billing.payment.SavedPaymentMethods;
import com.tatame.billing.portal.Portal;
import com.tatame.billing.promotion.Coupons;
import com.tatame.billing.promotion.ManualDiscounts;
import com.tatame.billing.purchase.ItemPayments;
import com.tatame.billing.purchase.Purchases;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.subscription.Subscriptions;
import com.tatame.billing.tax.Taxation;
import com.tatame.billing.time.StoreClock;
import com.tatame.billing.trial.TrialLedger;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Subscription billing, ready to be called. Thread-safe; one for each program.
 *
 * <pre>{@code
 * try (Billing billing = Billing.builder()
 *     .gateway(gateway)
 *     .store(store)
 *     .catalog(catalog)
 *     .checkoutOrigins("https://app.example.com")
 *     .build()) {
 *   billing.start();
 *   billing.entitlements().check(new AccountId("user_alice"), "export").allowed();
 * }
 * }</pre>
 */
public final class Billing implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Billing.class.getName());

  private final Wiring parts;
  private final AtomicReference<Instant> maintainedAt = new AtomicReference<>(Instant.EPOCH);

  Billing(BillingBuilder settings) {
    parts = new Wiring(settings, this::maintain);
  }

  public static BillingBuilder builder() {
    return new BillingBuilder();
  }

  /** What is sold: the catalog in force on this node, which another may replace at any time. */
  public Catalog catalog() {
    return parts.catalog.get();
  }

  /** Putting another catalog in force, on all nodes of the store. */
  public CatalogVersions catalogs() {
    return parts.catalogs;
  }

  /**
   * Does work in the calling thread that sees one catalog from beginning to end, also if another is put
   * in force meanwhile. Each use case does so by itself; this is for several that must agree.
   */
  public <T> T withOneCatalog(Supplier<T> work) {
    return parts.catalog.pinned(work);
  }

  public ProductCatalog products() {
    return parts.plans.products();
  }

  public Customers customers() {
    return parts.accounts.customers();
  }

  public Checkouts checkouts() {
    return parts.shop.checkouts();
  }

  /** What accounts bought once. */
  public Purchases purchases() {
    return parts.shop.purchases();
  }

  /** Payments on a page of the application's own. */
  public ItemPayments itemPayments() {
    return parts.shop.itemPayments();
  }

  /** Giving payments back. */
  public Refunds refunds() {
    return parts.shop.refunds();
  }

  public Subscriptions subscriptions() {
    return parts.plans.subscriptions();
  }

  public Invoices invoices() {
    return parts.plans.invoices();
  }

  public SavedPaymentMethods paymentMethods() {
    return parts.accounts.paymentMethods();
  }

  public Coupons coupons() {
    return parts.plans.coupons();
  }

  /** Discounts that administrators give to subscriptions. */
  public ManualDiscounts discounts() {
    return parts.plans.discounts();
  }

  /** Taxes, and an account's tax ids. */
  public Taxation taxation() {
    return parts.plans.taxation();
  }

  /** The provider's own page for customers. */
  public Portal portal() {
    return parts.shop.portal();
  }

  public Entitlements entitlements() {
    return parts.usage.entitlements();
  }

  /** What administrators give to accounts for nothing. */
  public Grants grants() {
    return parts.usage.grants();
  }

  /** Stands in front of an application's own code and lets in who is entitled. */
  public Guard guard() {
    return parts.usage.guard();
  }

  /** What is used of metered features, on its way to the provider. */
  public MeteredUsage metering() {
    return parts.usage.metering();
  }

  /** What moved an account's money or changed its subscriptions, and hearing of it. */
  public BillingEvents events() {
    return parts.outbox.events();
  }

  /** Who hears of it, and how the deliveries are doing. */
  public Subscribers subscribers() {
    return parts.outbox.subscribers();
  }

  /** Addresses of others that hear of it by HTTP. */
  public EventEndpoints eventEndpoints() {
    return parts.outbox.endpoints();
  }

  /** What became of mails, and sending them again. */
  public MailAdministration mails() {
    return parts.mailing.administration();
  }

  /** Which mails accounts want. */
  public Unsubscription unsubscription() {
    return parts.mailing.unsubscription();
  }

  /** What users say to an assistant and what it answers, counted by their plans. */
  public Conversations conversations() {
    return parts.personal.conversations();
  }

  /** What users note of themselves from time to time. */
  public CheckIns checkIns() {
    return parts.personal.checkIns();
  }

  /** Who changed what. */
  public AuditLog audit() {
    return parts.audit;
  }

  public Webhooks webhooks() {
    return parts.inbox.webhooks();
  }

  /** Visitors who buy before they sign in. */
  public AnonymousSessions anonymousSessions() {
    return parts.accounts.anonymousSessions();
  }

  public ApiKeys apiKeys() {
    return parts.accounts.apiKeys();
  }

  /** What was sent to the provider, and what of it waits for a person's decision. */
  public CommandAdministration commands() {
    return parts.journal.administration();
  }

  /**
   * The leases of what this program is doing. Workers extend them every few seconds, and so does {@link
   * #work}; a program without either may call {@link Heartbeats#beat} itself.
   */
  public Heartbeats heartbeats() {
    return parts.journal.heartbeats();
  }

  /**
   * Wall time as all nodes of the store have it. Workers ask the store for it now and then, and so does
   * {@link #work}.
   */
  public StoreClock wallClock() {
    return parts.wallClock;
  }

  /** Where what is stored differs from what the provider holds. */
  public DriftMonitor drift() {
    return parts.operations.drift();
  }

  /** Taking over what the provider, and tables of an application's own, hold already. */
  public Imports imports() {
    return parts.operations.imports();
  }

  /** Bringing the account at the provider to what the catalog in force says. */
  public Setup setup() {
    return parts.setup();
  }

  /**
   * Who decides about an organisation's money. Use cases that take an account and not a caller leave it
   * to the program to ask this.
   */
  public BillingRoles billingRoles() {
    return parts.billingRoles;
  }

  /** Subscriptions that are one too many. */
  public Duplicates duplicates() {
    return parts.shop.duplicates();
  }

  /** Who has had a trial. */
  public TrialLedger trials() {
    return parts.plans.trials();
  }

  /**
   * Starts the workers, and reads the provider's products. A provider that is down or hangs doesn't
   * keep this from starting: it is waited for two seconds at most. What an earlier run left behind is finished by the first worker, or without
   * workers by {@link #work}.
   */
  public void start() {
    parts.wallClock.measureIfDue();
    parts.catalogs.followIfDue();
    parts.inbox.workers().start();
    parts.startDeliveries();
    try {
      products().refreshSoon();
    } catch (BillingException e) {
      LOG.log(Level.WARNING, "products are served as last known: {0}", e.getMessage());
    }
  }

  /**
   * Does what is due now on the calling thread, for programs without workers and for tests: a batch
   * of events, outstanding reads, and every 15 seconds of wall time what else the workers do, such
   * as finishing commands whose sender died and fetching events that never arrived.
   *
   * @return whether anything was done
   */
  public boolean work() {
    parts.beat();
    boolean maintained = maintainIfDue();
    var batch = parts.inbox.worker().claim();
    boolean worked = batch.isPresent();
    batch.ifPresent(step -> step.runAll());
    boolean sent = metering().sendWhatInvoicesWaitFor() > 0;
    boolean read = parts.inbox.pendingReads().settle() > 0;
    boolean delivered = parts.outbox.deliveries().deliverDue() > 0;
    boolean mailed = parts.mailing.sendDue() > 0;
    return read || worked || maintained || sent || delivered || mailed;
  }

  /**
   * What {@link #work} does, in single steps, for drivers that decide who goes on when: between two
   * of them time may pass and other programs may work. Not running the next one simulates a program
   * that died there.
   */
  public BatchStep steps() {
    return () -> {
      maintainIfDue();
      Optional<BatchStep> batch = parts.inbox.worker().claim();
      if (batch.isEmpty()) {
        parts.inbox.pendingReads().settle();
        metering().sendWhatInvoicesWaitFor();
        parts.outbox.deliveries().deliverDue();
        parts.mailing.sendDue();
      }
      return batch;
    };
  }

  private boolean maintainIfDue() {
    Instant now = parts.wallClock.instant();
    Instant last = maintainedAt.get();
    boolean due = Duration.between(last, now).compareTo(InboxWorkers.MAINTENANCE) >= 0;
    return due
        && maintainedAt.compareAndSet(last, now)
        && maintain() + metering().send() > 0;
  }

  /**
   * Whether nothing waits: no event that is due, none in work, no read outstanding, and where mails are
   * sent none of them either, except those that are tried again later.
   */
  public boolean idle() {
    if (!parts.inbox.workers().resting() || metering().hurried()) {
      return false;
    }
    InboxStatus status = parts.store.inbox().status();
    return status.backlog() == status.retrying()
        && status.pendingReads() == 0
        && parts.mailing.idle()
        && parts.inbox.workers().resting();
  }

  private int maintain() {
    try {
      // A database that was restored from a backup is noticed while this program runs.
      parts.store.eventFeed().checkEpoch();
    } catch (BillingException e) {
      LOG.log(Level.INFO, "the epoch of events is checked later: {0}", e.getMessage());
    }
    try {
      products().keepFresh();
    } catch (BillingException e) {
      LOG.log(Level.INFO, "products are served as last known: {0}", e.getMessage());
    }
    return parts.journal.commands().recover() + parts.operations.schedule().runDue();
  }

  /** Ends the workers, after the batches that they have begun. The store stays open. */
  @Override
  public void close() {
    parts.outbox.deliveries().close();
    parts.mailing.sender().ifPresent(MailSender::close);
    parts.inbox.workers().close();
  }
}
