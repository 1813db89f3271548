package com.tatame.billing;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.BillingRoles;
import com.tatame.billing.anonymous.AnonymousSessions;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.audit.AuditLog;
import com.tatame.billing.cache.CachedEntitlements;
import com.tatame.billing.cache.CachedProductStore;
import com.tatame.billing.cache.SubjectCache;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.catalog.ProductCatalog;
import com.tatame.billing.checkin.CheckIns;
import com.tatame.billing.checkout.CheckoutCommands;
import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.checkout.CurrencySwitch;
import com.tatame.billing.checkout.ItemCheckouts;
import com.tatame.billing.checkout.OpenSales;
import com.tatame.billing.checkout.OverdueSales;
import com.tatame.billing.checkout.ReservationSettler;
import com.tatame.billing.checkout.Reservations;
import com.tatame.billing.checkout.ReturnUrls;
import com.tatame.billing.checkout.SessionOpening;
import com.tatame.billing.command.CommandAdministration;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.conversation.Conversations;
import com.tatame.billing.customer.CustomerUpdateCommand;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.drift.Comparison;
import com.tatame.billing.drift.DriftCauses;
import com.tatame.billing.drift.DriftMonitor;
import com.tatame.billing.drift.ProviderState;
import com.tatame.billing.duplicate.DuplicateCommands;
import com.tatame.billing.duplicate.Duplicates;
import com.tatame.billing.entitlement.EntitlementChanges;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.entitlement.Grants;
import com.tatame.billing.entitlement.Guard;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.importing.CustomerImport;
import com.tatame.billing.importing.EventImport;
import com.tatame.billing.importing.ImportRuns;
import com.tatame.billing.importing.Imports;
import com.tatame.billing.importing.UsageImport;
import com.tatame.billing.importing.UserImport;
import com.tatame.billing.inbox.CatchUp;
import com.tatame.billing.inbox.InboxWorker;
import com.tatame.billing.inbox.InboxWorkers;
import com.tatame.billing.inbox.PendingReads;
import com.tatame.billing.inbox.ProjectedIngest;
import com.tatame.billing.inbox.ReadBudget;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.invoice.Invoices;
import com.tatame.billing.lease.Heartbeats;
import com.tatame.billing.mail.MailAdministration;
import com.tatame.billing.mail.MailPlanner;
import com.tatame.billing.mail.MailSender;
import com.tatame.billing.mail.MailService;
import com.tatame.billing.mail.MailSubjects;
import com.tatame.billing.mail.Unsubscription;
import com.tatame.billing.metering.DraftInvoices;
import com.tatame.billing.metering.MeteredUsage;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.outbox.BillingEvents;
import com.tatame.billing.outbox.EndpointDelivery;
import com.tatame.billing.outbox.EventDeliveries;
import com.tatame.billing.outbox.EventEndpoints;
import com.tatame.billing.outbox.OutboxRetention;
import com.tatame.billing.outbox.Subscribers;
import com.tatame.billing.payment.PaymentMethodCommands;
import com.tatame.billing.payment.SavedPaymentMethods;
import com.tatame.billing.portal.Portal;
import com.tatame.billing.projection.CommitListener;
import com.tatame.billing.projection.NotifyingProjectionStore;
import com.tatame.billing.projection.ObservationRecorder;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.Projector;
import com.tatame.billing.projection.StreamListener;
import com.tatame.billing.promotion.AccountHistory;
import com.tatame.billing.promotion.Coupons;
import com.tatame.billing.promotion.DiscountCommands;
import com.tatame.billing.promotion.ManualDiscounts;
import com.tatame.billing.purchase.AccountCurrency;
import com.tatame.billing.purchase.ItemPayments;
import com.tatame.billing.purchase.ItemSales;
import com.tatame.billing.purchase.Purchases;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.retention.Retention;
import com.tatame.billing.schedule.Schedule;
import com.tatame.billing.schedule.Task;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.ChangeCommands;
import com.tatame.billing.subscription.Subscriptions;
import com.tatame.billing.tax.Taxation;
import com.tatame.billing.time.Clocks;
import com.tatame.billing.time.StoreClock;
import com.tatame.billing.trial.AccountEvidence;
import com.tatame.billing.trial.TrialCommands;
import com.tatame.billing.trial.TrialLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the use cases of one program and gives each what it needs, feature by feature. */
final class Wiring {
  private static final String UNKNOWN_ORIGINS =
      "Billing.builder() needs to know where payers may be sent back to: call"
          + " checkoutOrigins(\"https://app.example.com\") with the origins of your own pages, or"
          + " checkoutOrigins() if you open no checkouts";

  /** How late a node may see a product that another node stored. */
  private static final Duration PRODUCT_TTL = Duration.ofSeconds(5);

  private static final Duration PRUNE_EVERY = Duration.ofHours(1);
  private static final int PRUNED_MAILS = 1000;

  private final BillingBuilder settings;
  private final PaymentGateway gateway;
  private final Clocks clocks;
  private final ReturnUrls returnUrls;

  final BillingStore store;
  final StoreClock wallClock;
  final BillingRoles billingRoles;
  final CatalogInForce catalog;
  final CatalogVersions catalogs;
  final Caches caches;
  final Usage usage;
  final Mirror mirror;
  final Journal journal;
  final Accounts accounts;
  final Plans plans;
  final Shop shop;
  final Inbox inbox;
  final Outbox outbox;
  final Mailing mailing;
  final Personal personal;
  final Operations operations;
  final AuditLog audit;

  /**
   * @param maintenance run by the workers every {@link InboxWorkers#MAINTENANCE}
   */
  Wiring(BillingBuilder settings, Runnable maintenance) {
    this.settings = settings;
    gateway = required(settings.gateway, "gateway");
    store = required(settings.store, "store");
    catalog = new CatalogInForce(required(settings.catalog, "catalog"));
    billingRoles = settings.billingRoles;
    returnUrls = new ReturnUrls(Objects.requireNonNull(settings.checkoutUrls, UNKNOWN_ORIGINS));
    wallClock = settings.wallClock == null
        ? new StoreClock(store::time, settings.nodeClock, System::nanoTime)
        : StoreClock.of(settings.wallClock);
    clocks = new Clocks(settings.clock, wallClock);

    caches = caches();
    catalogs =
        new CatalogVersions(catalog.get(), catalog, store.catalogs(), store.products(), wallClock);
    usage = usage();
    outbox = outbox();
    mirror = mirror();
    journal = journal();
    accounts = accounts();
    plans = plans();
    shop = shop();
    inbox = inbox(maintenance);
    mailing = mailing();
    personal = personal();
    operations = operations();
    audit = new AuditLog(store.audit());
  }

  /** Caches in front of the store. */
  record Caches(
      CachedEntitlements entitlements, SubjectCache subjects, CachedProductStore products) {}

  private Caches caches() {
    return new Caches(
        new CachedEntitlements(
            settings.rememberEntitlements, settings.staleEntitlements, store::down, wallClock),
        new SubjectCache(),
        new CachedProductStore(store.products(), PRODUCT_TTL, wallClock));
  }

  /** What accounts may do, and what they have used. */
  record Usage(
      Entitlements entitlements,
      Grants grants,
      Guard guard,
      MeteredUsage metering,
      ItemUnits itemUnits,
      Reservations reservations) {}

  private Usage usage() {
    UsageStore used = caches.entitlements().over(store.usage());
    GrantStore granted = caches.entitlements().over(store.grants());
    Entitlements entitlements =
        new Entitlements(used, caches.entitlements(), catalog, settings.clock, settings.random);
    return new Usage(
        entitlements,
        new Grants(granted, catalog, clocks, settings.random),
        new Guard(entitlements),
        new MeteredUsage(
            catalog,
            store.meterReports(),
            gateway.meters(),
            store.usage(),
            store.customers(),
            clocks,
            settings.random),
        new ItemUnits(used, catalog, settings.clock),
        new Reservations(
            store.reservations(),
            store.commands(),
            store.checkouts(),
            store.purchases(),
            store.paymentIntents(),
            settings.clock,
            caches.entitlements()::evict));
  }

  /** The mirror of the provider's objects: how it is projected, and who learns of its commits. */
  record Mirror(
      Projector projector,
      Projections projections,
      CommitListener commits,
      Observations observations) {}

  private Mirror mirror() {
    CommitListener commits = CommitListener.all(List.of(
        caches.entitlements(),
        caches.subjects(),
        caches.products(),
        new DraftInvoices(usage.metering(), this::wakeUsage),
        new StreamListener(outbox.deliveries()::wake),
        new ReservationSettler(usage.reservations())));
    Projector projector = new Projector(catalog);
    Projections projections = new Projections(
        new NotifyingProjectionStore(store.projections(), commits), projector, clocks);
    return new Mirror(
        projector, projections, commits, new ObservationRecorder(projections, gateway.reads()));
  }

  private void wakeUsage() {
    inbox.workers().wakeUsage();
  }

  /** The journal of what is sent to the provider. */
  record Journal(Commands commands, CommandAdministration administration, Heartbeats heartbeats) {}

  private Journal journal() {
    Heartbeats heartbeats = new Heartbeats(wallClock);
    return new Journal(
        new Commands(
            store.commands(),
            mirror.observations(),
            commandHandlers(),
            wallClock,
            settings.random,
            settings.pause,
            heartbeats),
        new CommandAdministration(
            store.commands(), mirror.observations(), gateway.reads(), wallClock),
        heartbeats);
  }

  /** How each feature sends its own commands: together, one handler for each kind. */
  private List<Map<CommandKind, CommandHandler>> commandHandlers() {
    CommandSearch search = new CommandSearch(gateway.traces(), gateway.reads());
    Reservations reservations = usage.reservations();
    OpenSales sales = openSales();
    return List.of(
        Customers.handlers(gateway.customers(), store.customers(), search),
        CustomerUpdateCommand.handlers(gateway.customerDetails(), search),
        CheckoutCommands.handlers(
            gateway.checkouts(), store.commands(), search, usage.itemUnits(), reservations, sales),
        ItemPayments.handlers(
            gateway.paymentIntents(),
            search,
            usage.itemUnits(),
            sales::refuseSecondCurrency,
            reservations::examine),
        Refunds.handlers(gateway.refunds(), store.commands(), search),
        Subscriptions.handlers(gateway.subscriptions(), search),
        Invoices.handlers(gateway.invoices(), search),
        PaymentMethodCommands.handlers(
            gateway.paymentMethods(), Subscriptions.subscribed(gateway.subscriptions()), search),
        Coupons.handlers(gateway.promotions(), search),
        DiscountCommands.handlers(gateway.promotions(), store.commands(), search),
        Taxation.handlers(gateway.taxes(), search),
        ChangeCommands.handlers(gateway.subscriptions(), gateway.reads(), store.quotes(), search),
        DuplicateCommands.handlers(catalog, gateway.subscriptions(), search),
        TrialCommands.handlers(gateway.subscriptions(), gateway.reads(), search));
  }

  private OpenSales openSales() {
    return new OpenSales(
        catalog, store.commands(), store.checkouts(), store.paymentIntents(), store.purchases());
  }

  /** Who buys, and how they identify themselves and pay. */
  record Accounts(
      Customers customers,
      SavedPaymentMethods paymentMethods,
      AnonymousSessions anonymousSessions,
      ApiKeys apiKeys) {}

  private Accounts accounts() {
    Customers customers = new Customers(
        store.customers(), journal.commands(), settings.billingRoles, this::keepLocale);
    return new Accounts(
        customers,
        new SavedPaymentMethods(
            store.paymentMethods(), gateway.paymentMethods(), customers, journal.commands()),
        new AnonymousSessions(
            store.anonymousSessions(), wallClock, settings.random, caches.entitlements()::evict),
        new ApiKeys(store.apiKeys(), wallClock, settings.random));
  }

  // The language of invoices is that of mails, too.
  private void keepLocale(AccountId account, String locale) {
    if (settings.mail.isPresent()) {
      mailing.unsubscription().changeLocale(account, locale);
    }
  }

  /** Plans, subscriptions to them, and what belongs to those. */
  record Plans(
      ProductCatalog products,
      Subscriptions subscriptions,
      Invoices invoices,
      Coupons coupons,
      ManualDiscounts discounts,
      Taxation taxation,
      TrialLedger trials) {}

  private Plans plans() {
    Commands commands = journal.commands();
    ProductCatalog products = new ProductCatalog(
        catalog,
        caches.products(),
        gateway.products(),
        gateway::reachable,
        mirror.observations(),
        wallClock);
    Subscriptions subscriptions = new Subscriptions(
        products,
        store.subscriptions(),
        store.quotes(),
        gateway.subscriptions(),
        commands,
        mirror.observations(),
        settings.clock);
    Coupons coupons = new Coupons(
        catalog,
        store.promotions(),
        gateway.promotions(),
        accounts.customers(),
        new AccountHistory(store.subscriptions(), store.invoices()),
        commands,
        settings.clock);
    return new Plans(
        products,
        subscriptions,
        new Invoices(store.invoices(), gateway.invoices(), mirror.observations(), commands),
        coupons,
        new ManualDiscounts(coupons, store.discounts(), store.subscriptions(), commands),
        new Taxation(
            catalog, products, store.taxIds(), gateway.taxes(), accounts.customers(), commands),
        new TrialLedger(
            catalog,
            settings.trialKeys,
            store.trials(),
            store.subscriptions(),
            new AccountEvidence(store.customers(), store.paymentMethods(), store.taxIds()),
            commands));
  }

  /** Where things are bought and paid back. */
  record Shop(
      Checkouts checkouts,
      Purchases purchases,
      ItemPayments itemPayments,
      Refunds refunds,
      Duplicates duplicates,
      Portal portal) {}

  private Shop shop() {
    Commands commands = journal.commands();
    SessionOpening sessions = new SessionOpening(
        store.checkouts(), gateway.checkouts(), commands, mirror.observations(), returnUrls);
    AccountCurrency currencies =
        new AccountCurrency(catalog, store.subscriptions(), store.purchases());
    CurrencySwitch currencySwitch = new CurrencySwitch(currencies, openSales(), sessions, commands);
    ItemSales sales = new ItemSales(
        catalog,
        currencies,
        settings.itemPricing,
        usage.itemUnits(),
        caches.entitlements().over(store.purchases()),
        commands,
        settings.clock);
    Refunds refunds = new Refunds(
        store.refunds(), gateway.refunds(), commands, mirror.observations(), settings.clock);
    return new Shop(
        new Checkouts(
            plans.products(),
            accounts.customers(),
            store.subscriptions(),
            new Checkouts.Rules(plans.coupons(), plans.trials(), currencySwitch),
            sessions,
            new ItemCheckouts(
                sales,
                usage.itemUnits(),
                accounts.customers(),
                store.purchases(),
                sessions,
                currencySwitch)),
        new Purchases(store.purchases(), catalog, wallClock),
        new ItemPayments(
            sales,
            currencySwitch,
            accounts.customers(),
            store.paymentIntents(),
            gateway.paymentIntents(),
            commands,
            mirror.observations()),
        refunds,
        new Duplicates(
            catalog,
            store.duplicates(),
            store.subscriptions(),
            gateway.invoices(),
            commands,
            refunds),
        new Portal(gateway.portal(), accounts.customers(), store.subscriptions(), returnUrls));
  }

  /** Delivers and sends by threads of its own where there are workers at all. */
  void startDeliveries() {
    if (settings.workers > 0) {
      outbox.deliveries().start();
      mailing.sender().ifPresent(MailSender::start);
    }
  }

  /** Extends leases, keeps the time by which they are counted, and follows the published catalog. */
  void beat() {
    journal.heartbeats().beat();
    wallClock.measureIfDue();
    catalogs.followIfDue();
  }

  /** How events come in and are processed. */
  record Inbox(
      Webhooks webhooks,
      InboxWorker worker,
      PendingReads pendingReads,
      InboxWorkers workers,
      ReadBudget budget) {}

  private Inbox inbox(Runnable maintenance) {
    Projections projections = mirror.projections();
    ReadBudget budget = new ReadBudget(settings.readsPerSecond, wallClock);
    PendingReads pendingReads = new PendingReads(projections, mirror.observations(), budget);
    InboxWorker worker = new InboxWorker(
        store.inbox(),
        projections.over(caches.subjects().over(projections.store())),
        gateway.events(),
        settings.retries,
        settings.listener,
        settings.random);
    InboxWorkers workers = new InboxWorkers(
        worker,
        pendingReads,
        settings.workers,
        maintenance,
        usage.metering()::send,
        this::beat,
        settings.listener);
    Optional<ProjectedIngest> onArrival = settings.projectOnArrival
        ? Optional.of(new ProjectedIngest(
            gateway.events(),
            store.inbox(),
            projections,
            caches.subjects(),
            mirror.commits(),
            settings.listener,
            workers))
        : Optional.empty();
    Webhooks webhooks = new Webhooks(
        gateway.events(), store.inbox(), projections, onArrival, settings.listener, workers);
    return new Inbox(webhooks, worker, pendingReads, workers, budget);
  }

  /** How others hear of what happened. */
  record Outbox(
      BillingEvents events,
      Subscribers subscribers,
      EventEndpoints endpoints,
      EventDeliveries deliveries) {}

  private Outbox outbox() {
    EndpointDelivery delivery =
        new EndpointDelivery(store.eventEndpoints(), settings.endpoints, wallClock);
    EntitlementChanges entitlements =
        new EntitlementChanges(store.eventFeed(), store.usage(), catalog, clocks);
    EventDeliveries deliveries = new EventDeliveries(
        store.subscribers(), delivery, entitlements::publishDue, wallClock, settings.random);
    return new Outbox(
        new BillingEvents(store.billingEvents(), store.eventFeed(), deliveries),
        new Subscribers(store.subscribers(), deliveries::wake, wallClock),
        new EventEndpoints(
            store.eventEndpoints(),
            store.subscribers(),
            delivery,
            settings.endpoints,
            wallClock,
            settings.random),
        deliveries);
  }

  /**
   * Mails to accounts.
   *
   * @param sender empty for a program that sends none
   */
  record Mailing(
      MailAdministration administration,
      Unsubscription unsubscription,
      Subscribers subscribers,
      Optional<MailSender> sender) {
    /** Whether no mail is to be planned or sent now. */
    boolean idle() {
      return sender.isEmpty()
          || (administration.backlog().ready() == 0
              && subscribers.list().stream()
                  .filter(each -> each.name().equals(MailPlanner.SUBSCRIBER))
                  .allMatch(each -> each.waiting() == each.retrying()));
    }

    /** Sends what is due, and says how many mails that was about. */
    int sendDue() {
      return sender.map(MailSender::sendDue).orElse(0);
    }
  }

  private Mailing mailing() {
    Optional<MailService> service = settings.mail;
    service.ifPresent(by -> outbox
        .events()
        .subscribe(
            MailPlanner.SUBSCRIBER,
            new MailPlanner(
                store.mails(),
                by.settings(),
                catalog,
                caches.products(),
                store.invoices(),
                clocks)));
    return new Mailing(
        new MailAdministration(store.mails(), clocks, settings.random),
        new Unsubscription(
            store.mails(),
            service.flatMap(by -> by.settings().unsubscribe()),
            wallClock,
            settings.random),
        outbox.subscribers(),
        service.map(by -> new MailSender(
            store.mails(),
            by,
            new MailSubjects(
                store.customers(),
                store.subscriptions(),
                store.invoices(),
                store.paymentIntents(),
                store.refunds(),
                store.purchases(),
                usage.entitlements()),
            gateway.invoices(),
            catalog,
            clocks,
            settings.random)));
  }

  /** What persons write for themselves. */
  record Personal(Conversations conversations, CheckIns checkIns) {
    void prune() {
      conversations.prune();
      checkIns.prune();
    }
  }

  private Personal personal() {
    return new Personal(
        new Conversations(
            caches.entitlements().over(store.conversations()),
            usage.entitlements(),
            catalog,
            clocks,
            settings.random,
            settings.keepConversations),
        new CheckIns(store.checkIns(), clocks, settings.random, settings.keepCheckIns));
  }

  /** What operators do, and what is done now and then without them. */
  record Operations(DriftMonitor drift, Imports imports, Schedule schedule) {}

  private Operations operations() {
    ProviderState providerState =
        new ProviderState(gateway.reads(), gateway.subscriptions(), gateway.invoices());
    DriftMonitor drift = drift(providerState);
    return new Operations(drift, imports(providerState), schedule(drift));
  }

  /** By the catalog that is in force now. */
  Setup setup() {
    return new Setup(catalog.get(), gateway.setup());
  }

  private DriftMonitor drift(ProviderState providerState) {
    return new DriftMonitor(
        store.drift(),
        new Comparison(
            store.drift(), store.inbox(), mirror.projections(), gateway.reads(), providerState),
        new DriftCauses(store.inbox(), gateway.events(), mirror.projector()),
        inbox.budget(),
        settings.drift,
        wallClock,
        settings.random);
  }

  private Imports imports(ProviderState providerState) {
    return new Imports(
        gateway.customerList(),
        new CustomerImport(
            catalog,
            mirror.projections(),
            gateway.reads(),
            gateway.paymentMethods(),
            providerState),
        new UserImport(store.customers()),
        new UsageImport(usage.entitlements(), settings.clock),
        new EventImport(gateway.events(), store.inbox(), wallClock),
        new ImportRuns(store.tasks(), wallClock, settings.pause, settings.random));
  }

  private Schedule schedule(DriftMonitor drift) {
    CatchUp catchUp = new CatchUp(
        gateway.history(), store.inbox(), wallClock, settings.listener, inbox.workers()::wake);
    OverdueSales overdue = new OverdueSales(mirror.observations(), shop.itemPayments());
    Retention retention = new Retention(
        store.inbox(),
        store.idempotency(),
        store.quotes(),
        store.usage(),
        store.meterReports(),
        clocks,
        settings.keepEvents);
    OutboxRetention outboxRetention =
        new OutboxRetention(store.eventFeed(), store.subscribers(), wallClock, settings.keepFeed);
    Duration often = InboxWorkers.MAINTENANCE;
    Duration everyMinute = Duration.ofMinutes(1);
    return new Schedule(
        store.tasks(),
        List.of(
            new Task("catch_up", settings.catchUpEvery, catchUp::from),
            new Task("compare_customers", often, drift::customersFrom),
            new Task("compare_objects", often, drift::objectsFrom),
            new Task("find_duplicates", often, shop.duplicates()::from),
            new Task(
                "settle_reservations",
                everyMinute,
                last -> usage.reservations().from(last, overdue)),
            new Task("watch_trials", often, plans.trials()::from),
            task("gather_usage", everyMinute, accounts.anonymousSessions()::gather),
            task("prune_inbox", PRUNE_EVERY, () -> {
              retention.pruneInbox();
              outboxRetention.prune();
              pruneMails();
            }),
            task("prune_usage", PRUNE_EVERY, retention::pruneUsage),
            task("prune_answers", PRUNE_EVERY, () -> {
              retention.pruneAnswers();
              personal.prune();
            })),
        wallClock,
        settings.random);
  }

  private void pruneMails() {
    settings.mail.ifPresent(by -> {
      Instant before = wallClock.instant().minus(by.settings().kept());
      while (store.mails().prune(before, PRUNED_MAILS) == PRUNED_MAILS) {}
    });
  }

  /** A task that begins anew each time. */
  private static Task task(String name, Duration every, Runnable work) {
    return new Task(name, every, position -> {
      work.run();
      return Optional.empty();
    });
  }

  private static <T> T required(@Nullable T part, String name) {
    return Objects.requireNonNull(part, () -> "Billing.builder() needs a " + name);
  }
}
