package com.tatame.billing;

import com.tatame.billing.anonymous.AnonymousSessions;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.audit.BillingEvents;
import com.tatame.billing.catalog.CachedProductStore;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.ProductCatalog;
import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.checkout.Reservations;
import com.tatame.billing.checkout.ReturnUrls;
import com.tatame.billing.command.CommandAdministration;
import com.tatame.billing.command.Commands;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.drift.Comparison;
import com.tatame.billing.drift.DriftCauses;
import com.tatame.billing.drift.DriftMonitor;
import com.tatame.billing.drift.ProviderState;
import com.tatame.billing.duplicate.Duplicates;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Grants;
import com.tatame.billing.entitlement.Guard;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.entitlement.PastEntitlements;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.importing.Imports;
import com.tatame.billing.inbox.CatchUp;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.InboxWorker;
import com.tatame.billing.inbox.InboxWorkers;
import com.tatame.billing.inbox.ReadBudget;
import com.tatame.billing.inbox.Step;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.invoice.Invoices;
import com.tatame.billing.lease.Heartbeats;
import com.tatame.billing.metering.MeteredUsage;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.payment.SavedPaymentMethods;
import com.tatame.billing.portal.Portal;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ObservationRecorder;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.Projector;
import com.tatame.billing.projection.SubjectCache;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.promotion.Coupons;
import com.tatame.billing.promotion.ManualDiscounts;
import com.tatame.billing.purchase.ItemPayments;
import com.tatame.billing.purchase.ItemSales;
import com.tatame.billing.purchase.Purchases;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.schedule.Schedule;
import com.tatame.billing.schedule.Task;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.Subscriptions;
import com.tatame.billing.tax.Taxation;
import com.tatame.billing.trial.TrialLedger;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Subscription billing, ready to be called. Thread-safe; one for each program.
 *
 * <pre>{@code
 * try (Billing billing =
 *     Billing.builder().gateway(gateway).store(store).catalog(catalog).build()) {
 *   billing.start();
 *   billing.entitlements().check(new AccountId("user_alice"), "export").allowed();
 * }
 * }</pre>
 */
public final class Billing implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Billing.class.getName());
  private static final Duration KEEP_ANSWERS = Duration.ofHours(24);
  /** How late a node may see a product that another node stored. */
  private static final Duration PRODUCT_TTL = Duration.ofSeconds(5);

  private static final Duration PRUNE_EVERY = Duration.ofHours(1);

  private final BillingStore store;
  private final Catalog catalog;
  private final ProductCatalog products;
  private final Customers customers;
  private final Checkouts checkouts;
  private final Purchases purchases;
  private final ItemPayments itemPayments;
  private final Refunds refunds;
  private final Subscriptions subscriptions;
  private final Invoices invoices;
  private final SavedPaymentMethods paymentMethods;
  private final Portal portal;
  private final Taxation taxation;
  private final Coupons coupons;
  private final ManualDiscounts discounts;
  private final Entitlements entitlements;
  private final Grants grants;
  private final Guard guard;
  private final MeteredUsage metering;
  private final BillingEvents events;
  private final Webhooks webhooks;
  private final DriftMonitor drift;
  private final Imports imports;
  private final Setup setup;
  private final Duplicates duplicates;
  private final TrialLedger trials;
  private final AnonymousSessions anonymousSessions;
  private final ApiKeys apiKeys;
  private final InboxWorker worker;
  private final InboxWorkers workers;
  private final Commands commands;
  private final CommandAdministration operatedCommands;
  private final Heartbeats heartbeats;
  private final Schedule schedule;
  private final InstantSource wallClock;
  private volatile boolean catalogPublished;
  private final AtomicReference<Instant> maintainedAt = new AtomicReference<>(Instant.EPOCH);

  Billing(BillingBuilder with) {
    PaymentGateway gateway = required(with.gateway, "gateway");
    store = required(with.store, "store");
    catalog = required(with.catalog, "catalog");

    EntitlementSnapshots snapshots =
        new EntitlementSnapshots(with.rememberEntitlements, with.wallClock);
    metering = new MeteredUsage(
        catalog,
        store.meterReports(),
        gateway.meters(),
        store.usage(),
        store.customers(),
        with.clock,
        with.wallClock,
        with.random);
    DraftInvoices drafts = new DraftInvoices(metering, this::wakeUsage);
    Reservations reservations = new Reservations(
        store.reservations(),
        store.commands(),
        store.checkouts(),
        store.purchases(),
        store.paymentIntents(),
        with.clock,
        snapshots::evict);
    ReservationSettler sales = new ReservationSettler(reservations);
    Consumer<Collection<Unit>> followUp = committed -> {
      drafts.onCommit(committed);
      sales.onCommit(committed);
    };
    SubjectCache remembered = new SubjectCache();
    CachedProductStore productCache =
        new CachedProductStore(store.products(), PRODUCT_TTL, with.wallClock);
    Consumer<Collection<Unit>> evictProducts = changed -> {
      if (changed.stream().anyMatch(Billing::changesProducts)) {
        productCache.evict();
      }
    };
    Consumer<Collection<Unit>> touched = units -> {
      snapshots.evict(units);
      remembered.evict(units);
      evictProducts.accept(units);
    };
    ProjectionStore rows = new WatchedProjections(store.projections(), touched, followUp);
    ItemUnits units = new ItemUnits(snapshots.over(store.usage()), catalog, with.clock);
    Projector projector = new Projector(catalog);
    ObservationRecorder observations =
        new ObservationRecorder(rows, projector, gateway.reads(), with.clock, with.wallClock);
    heartbeats = new Heartbeats(with.wallClock);
    commands = new Commands(
        store.commands(),
        observations,
        CommandHandlers.all(catalog, gateway, store, units, reservations),
        with.wallClock,
        with.random,
        with.pause,
        heartbeats);

    operatedCommands =
        new CommandAdministration(store.commands(), observations, gateway.reads(), with.wallClock);
    products = new ProductCatalog(
        catalog,
        productCache,
        gateway.products(),
        gateway::reachable,
        observations,
        with.wallClock);
    customers = new Customers(store.customers(), commands);
    invoices =
        new Invoices(store.invoices(), gateway.invoices(), gateway.reads(), observations, commands);
    paymentMethods = new SavedPaymentMethods(
        store.paymentMethods(), gateway.paymentMethods(), customers, commands);
    ReturnUrls returnUrls = new ReturnUrls(with.checkoutUrls);
    coupons = new Coupons(
        catalog,
        store.promotions(),
        gateway.promotions(),
        store.customers(),
        store.invoices(),
        store.subscriptions(),
        commands,
        with.clock);
    discounts = new ManualDiscounts(coupons, store.discounts(), store.subscriptions(), commands);
    taxation =
        new Taxation(catalog, products, store.taxIds(), gateway.taxes(), customers, commands);
    portal = new Portal(gateway.portal(), customers, store.subscriptions(), returnUrls);
    subscriptions = new Subscriptions(
        catalog,
        products,
        store.subscriptions(),
        store.quotes(),
        gateway.subscriptions(),
        store.commands(),
        commands,
        observations,
        gateway.reads(),
        with.clock);
    entitlements = new Entitlements(
        snapshots.over(store.usage()), snapshots, catalog, with.clock, with.random);
    grants = new Grants(snapshots.over(store.grants()), catalog, with.clock, with.random);
    guard = new Guard(entitlements);
    purchases = new Purchases(store.purchases(), catalog);
    ItemSales itemSales = new ItemSales(
        catalog, with.itemPricing, units, snapshots.over(store.purchases()), commands, with.clock);
    itemPayments = new ItemPayments(
        itemSales,
        customers,
        store.paymentIntents(),
        gateway.paymentIntents(),
        commands,
        observations);
    refunds = new Refunds(store.refunds(), gateway.refunds(), commands, observations, with.clock);
    duplicates = new Duplicates(
        catalog,
        store.duplicates(),
        store.subscriptions(),
        gateway.invoices(),
        store.commands(),
        commands,
        refunds);
    events = new BillingEvents(store.billingEvents());
    trials = new TrialLedger(
        catalog,
        with.trialKeys,
        store.trials(),
        store.subscriptions(),
        store.customers(),
        store.paymentMethods(),
        store.taxIds(),
        store.commands(),
        commands);
    checkouts = new Checkouts(
        catalog,
        products,
        customers,
        store.subscriptions(),
        store.checkouts(),
        itemSales,
        units,
        store.purchases(),
        store.commands(),
        commands,
        gateway.checkouts(),
        observations,
        gateway.reads(),
        coupons,
        trials,
        returnUrls);

    ProviderState providerState =
        new ProviderState(gateway.reads(), gateway.subscriptions(), gateway.invoices());
    imports = new Imports(
        catalog,
        rows,
        projector,
        gateway.customerList(),
        gateway.reads(),
        gateway.paymentMethods(),
        providerState,
        store.customers(),
        entitlements,
        gateway.events(),
        store.inbox(),
        store.tasks(),
        with.clock,
        with.wallClock,
        with.pause,
        with.random);
    ReadBudget budget = new ReadBudget(with.readsPerSecond, with.wallClock);
    drift = new DriftMonitor(
        store.drift(),
        new Comparison(
            store.drift(),
            rows,
            store.inbox(),
            projector,
            gateway.reads(),
            providerState,
            with.clock,
            with.wallClock),
        new DriftCauses(store.inbox(), gateway.events(), projector),
        budget,
        with.drift,
        with.wallClock,
        with.random);
    worker = new InboxWorker(
        store.inbox(),
        remembered.over(rows),
        gateway.events(),
        gateway.reads(),
        observations,
        projector,
        budget,
        with.retries,
        with.listener,
        with.clock,
        with.wallClock,
        with.random);
    setup = new Setup(catalog, gateway.setup());
    anonymousSessions = new AnonymousSessions(
        store.anonymousSessions(), with.wallClock, with.random, snapshots::evict);
    apiKeys = new ApiKeys(store.apiKeys(), with.wallClock, with.random);
    wallClock = with.wallClock;
    workers = new InboxWorkers(
        worker, with.workers, this::maintain, metering::send, heartbeats::beat, with.listener);
    webhooks = new Webhooks(
        gateway.events(),
        store.inbox(),
        rows,
        remembered,
        projector,
        with.clock,
        with.wallClock,
        with.listener,
        with.projectOnArrival,
        applied -> {
          snapshots.evict(applied);
          evictProducts.accept(applied);
          followUp.accept(applied);
        },
        workers::wake,
        workers::wakeReads);
    CatchUp catchUp =
        new CatchUp(gateway.history(), store.inbox(), with.wallClock, with.listener, workers::wake);
    schedule = new Schedule(
        store.tasks(),
        List.of(
            new Task("catch_up", with.catchUpEvery, catchUp::from),
            new Task("compare_customers", InboxWorkers.MAINTENANCE, drift::from),
            new Task("find_duplicates", InboxWorkers.MAINTENANCE, duplicates::from),
            new Task(
                "settle_reservations",
                Duration.ofMinutes(1),
                last -> reservations.from(
                    last, new OverdueSales(observations, gateway.reads(), itemPayments))),
            new Task("watch_trials", InboxWorkers.MAINTENANCE, trials::from),
            new Task("gather_usage", Duration.ofMinutes(1), nothing -> {
              anonymousSessions.gather();
              return Optional.empty();
            }),
            new Task("prune_inbox", PRUNE_EVERY, nothing -> prune(with.keepEvents)),
            new Task("prune_usage", PRUNE_EVERY, nothing -> pruneUsage(with.clock)),
            new Task("prune_answers", PRUNE_EVERY, nothing -> pruneAnswers(with.clock))),
        with.wallClock,
        with.random);
  }

  private static boolean changesProducts(Unit unit) {
    return unit.changes().stream()
        .anyMatch(
            change -> (change instanceof Change.Put put && sold(put.state().kind()))
                || (change instanceof Change.Tombstone tombstone
                    && sold(tombstone.object().kind())));
  }

  private static boolean sold(ObjectKind kind) {
    return kind == ObjectKind.PRODUCT || kind == ObjectKind.PRICE;
  }

  private Optional<String> prune(Duration keepEvents) {
    while (store.inbox().prune(wallClock.instant().minus(keepEvents), InboxStore.MAX_REPLAY) > 0) {
      // until there is nothing left to forget
    }
    return Optional.empty();
  }

  private Optional<String> pruneAnswers(InstantSource billingClock) {
    store.idempotency().prune(wallClock.instant().minus(KEEP_ANSWERS));
    store.quotes().prune(billingClock.instant().minus(KEEP_ANSWERS));
    return Optional.empty();
  }

  private Optional<String> pruneUsage(InstantSource billingClock) {
    Instant before = billingClock.instant().minus(PastEntitlements.REMEMBERED);
    store.usage().prune(before);
    store.meterReports().prune(before);
    return Optional.empty();
  }

  private static <T> T required(@Nullable T part, String name) {
    return Objects.requireNonNull(part, () -> "Billing.builder() needs a " + name);
  }

  public static BillingBuilder builder() {
    return new BillingBuilder();
  }

  /** What is sold. */
  public Catalog catalog() {
    return catalog;
  }

  public ProductCatalog products() {
    return products;
  }

  public Customers customers() {
    return customers;
  }

  public Checkouts checkouts() {
    return checkouts;
  }

  /** What accounts bought once. */
  public Purchases purchases() {
    return purchases;
  }

  /** Payments on a page of the application's own. */
  public ItemPayments itemPayments() {
    return itemPayments;
  }

  /** Giving payments back. */
  public Refunds refunds() {
    return refunds;
  }

  public Subscriptions subscriptions() {
    return subscriptions;
  }

  public Invoices invoices() {
    return invoices;
  }

  public SavedPaymentMethods paymentMethods() {
    return paymentMethods;
  }

  public Coupons coupons() {
    return coupons;
  }

  /** Discounts that administrators give to subscriptions. */
  public ManualDiscounts discounts() {
    return discounts;
  }

  /** Taxes, and an account's tax ids. */
  public Taxation taxation() {
    return taxation;
  }

  /** The provider's own page for customers. */
  public Portal portal() {
    return portal;
  }

  public Entitlements entitlements() {
    return entitlements;
  }

  /** What administrators give to accounts for nothing. */
  public Grants grants() {
    return grants;
  }

  /** Stands in front of an application's own code and lets in who is entitled. */
  public Guard guard() {
    return guard;
  }

  /** What is used of metered features, on its way to the provider. */
  public MeteredUsage metering() {
    return metering;
  }

  /** What moved an account's money or changed its subscriptions. */
  public BillingEvents events() {
    return events;
  }

  public Webhooks webhooks() {
    return webhooks;
  }

  /** Visitors who buy before they sign in. */
  public AnonymousSessions anonymousSessions() {
    return anonymousSessions;
  }

  public ApiKeys apiKeys() {
    return apiKeys;
  }

  /** What was sent to the provider, and what of it waits for a person's decision. */
  public CommandAdministration commands() {
    return operatedCommands;
  }

  /**
   * The leases of what this program is doing. Workers extend them every few seconds, and so does {@link
   * #work}; a program without either may call {@link Heartbeats#beat} itself.
   */
  public Heartbeats heartbeats() {
    return heartbeats;
  }

  /** Where what is stored differs from what the provider holds. */
  public DriftMonitor drift() {
    return drift;
  }

  /** Taking over what the provider, and tables of an application's own, hold already. */
  public Imports imports() {
    return imports;
  }

  /** Bringing the account at the provider to what the catalog says. */
  public Setup setup() {
    return setup;
  }

  /** Subscriptions that are one too many. */
  public Duplicates duplicates() {
    return duplicates;
  }

  /** Who has had a trial. */
  public TrialLedger trials() {
    return trials;
  }

  /**
   * Starts the workers, and reads the provider's products. A provider that is down or hangs doesn't
   * keep this from starting: it is waited for two seconds at most. What an earlier run left behind is finished by the first worker, or without
   * workers by {@link #work}.
   */
  public void start() {
    publishCatalog();
    workers.start();
    try {
      products.refreshSoon();
    } catch (BillingException e) {
      LOG.log(Level.WARNING, "products are served as last known: {0}", e.getMessage());
    }
  }

  private void wakeUsage() {
    workers.wakeUsage();
  }

  private void publishCatalog() {
    if (!catalogPublished) {
      try {
        store.usage().publish(catalog);
        catalogPublished = true;
      } catch (BillingException e) {
        LOG.log(Level.WARNING, "the catalog is not published yet: {0}", e.getMessage());
      }
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
    heartbeats.beat();
    boolean maintained = maintainIfDue();
    var batch = worker.claim();
    boolean worked = batch.isPresent();
    batch.ifPresent(step -> step.runAll());
    boolean sent = metering.sendWhatInvoicesWaitFor() > 0;
    return worker.settlePendingReads() > 0 || worked || maintained || sent;
  }

  /**
   * What {@link #work} does, in single steps, for drivers that decide who goes on when: between two
   * of them time may pass and other programs may work. Whoever doesn't run the next one has a program
   * that died there.
   */
  public Step steps() {
    return () -> {
      maintainIfDue();
      Optional<Step> batch = worker.claim();
      if (batch.isEmpty()) {
        worker.settlePendingReads();
        metering.sendWhatInvoicesWaitFor();
      }
      return batch;
    };
  }

  private boolean maintainIfDue() {
    Instant now = wallClock.instant();
    Instant last = maintainedAt.get();
    boolean due = Duration.between(last, now).compareTo(InboxWorkers.MAINTENANCE) >= 0;
    return due && maintainedAt.compareAndSet(last, now) && maintain() + metering.send() > 0;
  }

  /** Whether nothing waits: no event that is due, none in work, no read outstanding. */
  public boolean idle() {
    if (!workers.resting() || metering.hurried()) {
      return false;
    }
    InboxStatus status = store.inbox().status();
    return status.backlog() == status.retrying() && status.pendingReads() == 0 && workers.resting();
  }

  private int maintain() {
    publishCatalog();
    try {
      products.keepFresh();
    } catch (BillingException e) {
      LOG.log(Level.INFO, "products are served as last known: {0}", e.getMessage());
    }
    return commands.recover() + schedule.runDue();
  }

  /** Ends the workers, after the batches that they have begun. The store stays open. */
  @Override
  public void close() {
    workers.close();
  }
}
