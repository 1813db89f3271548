package com.tatame.billing.http;

import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;

import com.tatame.billing.Billing;
import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.metering.MeterReportStore.Backlog;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.store.StoreMode;
import com.tatame.billing.time.StoreClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Whether the server and what it depends on are well. */
final class HealthHandlers {
  private final StoreCheck store;
  private final DependencyCheck provider;
  private final Readiness readiness;
  private final SingleFlightCache<Backlogs> backlogs;
  private final InboxHandlers webhookAges;
  private final StoreClock wallClock;
  private final CatalogVersions catalogs;
  private final String version;

  static List<Route> routes() {
    return List.of(
        get("/health", PUBLIC)
            .is("Server", "The server and what it depends on")
            .answers(
                reply(200, HealthAnswer.class, "It serves."),
                reply(503, HealthAnswer.class, "It is down."))
            .by(to -> to.get(HealthHandlers.class)::health),
        get("/health/live", PUBLIC)
            .is("Server", "Whether the process runs")
            .answers(reply(200, LivenessAnswer.class, "It runs."))
            .by(to -> to.get(HealthHandlers.class)::live),
        get("/health/ready", PUBLIC)
            .is("Server", "Whether to send requests here")
            .answers(
                reply(200, LivenessAnswer.class, "Send them."),
                reply(503, LivenessAnswer.class, "Send them elsewhere."))
            .by(to -> to.get(HealthHandlers.class)::ready));
  }

  /**
   * Reads nothing yet.
   *
   * @param billing whose clock and catalog are reported
   * @param backlogs what waits in the store, cached and loaded once at a time
   */
  HealthHandlers(
      StoreCheck store,
      DependencyCheck provider,
      SingleFlightCache<Backlogs> backlogs,
      Readiness readiness,
      InboxHandlers webhookAges,
      Billing billing,
      String version) {
    this.store = store;
    this.provider = provider;
    this.backlogs = backlogs;
    this.readiness = readiness;
    this.webhookAges = webhookAges;
    this.wallClock = billing.wallClock();
    this.catalogs = billing.catalogs();
    this.version = version;
  }

  /**
   * Whether requests can be taken.
   *
   * @param identity whether tokens can be verified
   * @param accepting false once the server is about to stop
   */
  record Readiness(BooleanSupplier identity, BooleanSupplier accepting) {}

  /**
   * What waits to be done, as of one look; a part is empty if it could not be counted.
   *
   * @param undecided commands that wait for a person
   * @param duplicates subscriptions that are one too many
   * @param purchases those of what their buyers owned already
   * @param subscribers how each receives its events
   */
  record Backlogs(
      Optional<InboxStatus> inbox,
      Optional<Long> undecided,
      Optional<Long> duplicates,
      Optional<Long> purchases,
      Optional<Backlog> metering,
      Optional<List<SubscriberStatus>> subscribers) {
    static final Backlogs UNKNOWN = new Backlogs(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());

    static Backlogs of(Billing billing) {
      return new Backlogs(
          counted(billing.webhooks()::status),
          counted(billing.commands()::undecided),
          counted(billing.duplicates()::open),
          counted(billing.purchases()::openDuplicates),
          counted(billing.metering()::backlog),
          counted(billing.subscribers()::list));
    }

    private static <T> Optional<T> counted(Supplier<T> count) {
      try {
        return Optional.of(count.get());
      } catch (BillingException e) {
        return Optional.empty();
      }
    }
  }

  record HealthAnswer(
      @Doc(
          value = "degraded: what is stored is served; down: nothing works.",
          oneOf = {"ok", "degraded", "down"})
      String status,

      Instant timestamp,
      String version,
      ServicesAnswer services) {}

  record ServicesAnswer(
      StoreAnswer store,
      ServiceAnswer provider,
      ServiceAnswer identity,
      ClockAnswer clock,
      CatalogAnswer catalog,
      BacklogAnswer webhooks,
      UndecidedAnswer commands,
      OpenDuplicatesAnswer duplicates,
      MeteringAnswer metering,
      DeliveriesAnswer events) {}

  record DeliveriesAnswer(
      @Doc("Accounts with events that a subscriber has not received; null while the store is down.")
      @Nullable
      Long waiting,

      @Doc("Of them those whose next event has failed, and is sent again.") @Nullable
      Long retrying,

      @Doc("Accounts whose next event was given up, and waits for a person.") @Nullable
      Long blocked,

      @Doc("Age of the oldest event that is waiting; null if none is.") @Nullable
      Long oldestAgeSeconds) {}

  record MeteringAnswer(
      @Doc("Sums of use that the provider does not have yet; null while the store is down.")
      @Nullable
      Long pending,

      @Doc("Of them those whose invoice was finalised without them.") @Nullable
      Long overdue,

      @Doc("Sums of use that are given up, and not decided about.") @Nullable
      Long dead,

      @Doc("Sums of use that wait for a person.") @Nullable Long needsOperator) {}

  record OpenDuplicatesAnswer(
      @Doc("Subscriptions that are one too many; null while the store is down.") @Nullable
      Long open,

      @Doc(
          "Purchases of what their buyers owned already, and that are not given back, as of at most"
              + " five minutes ago; 101 for more than a hundred, null while the store is down.")
      @Nullable
      Long purchases) {}

  record UndecidedAnswer(
      @Doc("Commands that wait for a person; null while the store is down.") @Nullable
      Long needsOperator) {}

  record ServiceAnswer(
      @Doc(
          value = "Whether it answers.",
          oneOf = {"ok", "down"})
      String status,

      @Doc("Of the last look; null where none is measured.") @Nullable
      Long latencyMs) {}

  record ClockAnswer(
      @Doc(
          value = "Whether this machine's clock is within two seconds of the store's.",
          oneOf = {"ok", "skewed"})
      String status,

      @Doc(
          "By how much this machine's clock is ahead of the store's, by which leases and retries go;"
              + " negative if it is behind, null until the store was asked.")
      @Nullable
      Long skewMs) {}

  record StoreAnswer(
      @Doc(
          value = "Whether it answers.",
          oneOf = {"ok", "down"})
      String status,

      @Doc("Of the last look; null where none is measured.") @Nullable
      Long latencyMs,

      @Doc(
          value = "What it lets happen. open: everything. frozen: its content is being moved to"
              + " another store, or has been, and only reads are answered. standby: it is being filled,"
              + " and only reads are answered. read_only: the database takes no writes, as a replica after"
              + " a failover, and only reads are answered. Null while it is down.",
          oneOf = {"open", "frozen", "standby", "read_only"})
      @Nullable
      String mode,

      @Doc("What that means, in plain words; null while it is open or down.") @Nullable
      String detail) {}

  record CatalogAnswer(
      @Doc(
          value =
              "outdated: a newer release published a catalog that this one can't read, and goes on"
                  + " with the one before.",
          oneOf = {"ok", "outdated"})
      String status,

      @Doc("Of the catalog in force on this node; null until the store was asked.") @Nullable
      Long version,

      @Doc("Of the catalog that was published last; null until the store was asked.") @Nullable
      Long published) {
    static CatalogAnswer of(CatalogVersions catalogs) {
      OptionalLong version = catalogs.inForce();
      OptionalLong published = catalogs.published();
      return new CatalogAnswer(
          version.equals(published) ? "ok" : "outdated", number(version), number(published));
    }

    private static @Nullable Long number(OptionalLong version) {
      return version.isPresent() ? version.getAsLong() : null;
    }
  }

  record BacklogAnswer(
      @Doc("Events that wait; null while the store is down.") @Nullable
      Long backlog,

      @Doc("Age of the oldest of them.") @Nullable Long oldestAgeSeconds) {}

  record LivenessAnswer(
      @Doc(
          value = "Whether to send requests here.",
          oneOf = {"ok", "down"})
      String status) {}

  Answer health(Call call) {
    StoreCheck.Result storeSeen = store.check();
    ServiceAnswer providerHealth = service(provider.check());
    boolean storeUp = storeSeen.up();
    boolean identityUp = readiness.identity().getAsBoolean();
    CatalogAnswer catalog = CatalogAnswer.of(catalogs);
    boolean allUp = storeSeen.open()
        && identityUp
        && providerHealth.status().equals("ok")
        && !wallClock.skewed()
        && catalog.status().equals("ok");
    Backlogs waiting = storeUp ? backlogs.get().orElse(Backlogs.UNKNOWN) : Backlogs.UNKNOWN;
    HealthAnswer body = new HealthAnswer(
        storeUp ? (allUp ? "ok" : "degraded") : "down",
        wallClock.instant(),
        version,
        new ServicesAnswer(
            store(storeSeen),
            providerHealth,
            new ServiceAnswer(identityUp ? "ok" : "down", null),
            new ClockAnswer(
                wallClock.skewed() ? "skewed" : "ok",
                wallClock.skew().map(Duration::toMillis).orElse(null)),
            catalog,
            new BacklogAnswer(
                waiting.inbox().map(InboxStatus::backlog).orElse(null),
                waiting.inbox().map(webhookAges::oldestAgeSeconds).orElse(null)),
            new UndecidedAnswer(waiting.undecided().orElse(null)),
            new OpenDuplicatesAnswer(
                waiting.duplicates().orElse(null), waiting.purchases().orElse(null)),
            metering(waiting.metering()),
            deliveries(waiting.subscribers())));
    return Answer.json(storeUp ? 200 : 503, body).with("Cache-Control", "no-store");
  }

  Answer live(Call call) {
    return alive();
  }

  /** That the process runs, which needs no dependency. */
  Answer alive() {
    return Answer.ok(new LivenessAnswer("ok")).with("Cache-Control", "no-store");
  }

  Answer ready(Call call) {
    boolean ready = readiness.accepting().getAsBoolean() && store.check().up();
    return Answer.json(ready ? 200 : 503, new LivenessAnswer(ready ? "ok" : "down"))
        .with("Cache-Control", "no-store");
  }

  private static MeteringAnswer metering(Optional<Backlog> backlog) {
    return new MeteringAnswer(
        backlog.map(Backlog::pending).orElse(null),
        backlog.map(Backlog::overdue).orElse(null),
        backlog.map(Backlog::dead).orElse(null),
        backlog.map(Backlog::undecided).orElse(null));
  }

  private DeliveriesAnswer deliveries(Optional<List<SubscriberStatus>> subscribers) {
    return new DeliveriesAnswer(
        sum(subscribers, SubscriberStatus::waiting),
        sum(subscribers, SubscriberStatus::retrying),
        sum(subscribers, SubscriberStatus::blocked),
        subscribers.stream()
            .flatMap(List::stream)
            .flatMap(subscriber -> subscriber.oldest().stream())
            .min(Comparator.naturalOrder())
            .map(oldest ->
                Math.max(0, Duration.between(oldest, wallClock.instant()).toSeconds()))
            .orElse(null));
  }

  private static @Nullable Long sum(
      Optional<List<SubscriberStatus>> subscribers, ToLongFunction<SubscriberStatus> accounts) {
    return subscribers.map(all -> all.stream().mapToLong(accounts).sum()).orElse(null);
  }

  private static StoreAnswer store(StoreCheck.Result seen) {
    return new StoreAnswer(
        seen.up() ? "ok" : "down",
        seen.latency().map(Duration::toMillis).orElse(null),
        seen.mode().map(mode -> mode.name().toLowerCase(Locale.ROOT)).orElse(null),
        seen.mode().flatMap(HealthHandlers::words).orElse(null));
  }

  private static Optional<String> words(StoreMode mode) {
    return switch (mode) {
      case OPEN -> Optional.empty();
      case FROZEN ->
        Optional.of("Nothing can be written: what the store holds is being moved to another one, or"
            + " has been. Reads are answered.");
      case STANDBY ->
        Optional.of("Nothing can be written: the store is being filled from another one. Reads are"
            + " answered, from what is there so far.");
      case READ_ONLY ->
        Optional.of("Nothing can be written: the database is read-only, as a replica is or a"
            + " database whose disk is full. Reads are answered.");
    };
  }

  private static ServiceAnswer service(DependencyCheck.Result result) {
    return new ServiceAnswer(
        result.up() ? "ok" : "down", result.latency().map(Duration::toMillis).orElse(null));
  }
}
