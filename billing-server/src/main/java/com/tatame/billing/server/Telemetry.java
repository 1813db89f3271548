package com.tatame.billing.server;

import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.command.CommandAdministration;
import com.tatame.billing.drift.DriftMonitor;
import com.tatame.billing.duplicate.Duplicates;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxListener;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.mail.MailAdministration;
import com.tatame.billing.mail.MailBacklog;
import com.tatame.billing.mail.MailListener;
import com.tatame.billing.mail.SuppressionReason;
import com.tatame.billing.metering.MeterReportStore.Backlog;
import com.tatame.billing.metering.MeteredUsage;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.outbox.Subscribers;
import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.purchase.Purchases;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.store.StoreMode;
import com.tatame.billing.stripe.ProviderCallListener;
import com.tatame.billing.time.StoreClock;
import com.tatame.billing.trial.TrialLedger;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** What the server measures about itself and about what it depends on. */
final class Telemetry {
  private static final Set<ProviderCallListener.Outcome> FAILED = EnumSet.of(
      ProviderCallListener.Outcome.NOT_EXECUTED,
      ProviderCallListener.Outcome.UNKNOWN,
      ProviderCallListener.Outcome.REPLAYED_FAILURE);
  private static final Duration[] AGES = {
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30),
    Duration.ofMinutes(5),
    Duration.ofHours(1)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final Tracer tracer;
  private final InstantSource wallClock;
  private final List<Runnable> refreshed = new CopyOnWriteArrayList<>();

  /** Measures, and traces nothing. */
  Telemetry() {
    this(OpenTelemetry.noop(), InstantSource.system());
  }

  Telemetry(OpenTelemetry traces, InstantSource wallClock) {
    this.tracer = traces.getTracer("com.tatame.billing.server");
    this.wallClock = wallClock;
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Everything as it is now, in Prometheus' format. */
  String scrape() {
    refreshed.forEach(Runnable::run);
    return registry.scrape();
  }

  void providerCall(String operation, ProviderCallListener.Outcome outcome, long nanos) {
    Timer.builder("billing.provider.calls")
        .description("Calls to the payment provider")
        .tag("operation", operation)
        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .record(nanos, TimeUnit.NANOSECONDS);
    Instant end = wallClock.instant();
    Span span = tracer
        .spanBuilder("stripe " + operation)
        .setSpanKind(SpanKind.CLIENT)
        .setStartTimestamp(end.minusNanos(nanos))
        .setAttribute("billing.provider.outcome", outcome.name().toLowerCase(Locale.ROOT))
        .startSpan();
    if (FAILED.contains(outcome)) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end(end);
  }

  /**
   * Measures the connections of a store.
   *
   * @param role which of the two stores of a move it is: configured or target
   */
  PostgresBillingStore watchPool(PostgresBillingStore store, String role) {
    for (String state : List.of("active", "idle", "total", "waiting")) {
      Gauge.builder(
              "billing.store.connections",
              store,
              open -> open.poolState().getOrDefault(state, 0).doubleValue())
          .description("Connections to the database")
          .tag("state", state)
          .tag("store", role)
          .register(registry);
    }
    return store;
  }

  /**
   * Counts, times and traces what becomes of events.
   *
   * @param reports receives unexpected failures
   */
  InboxListener inbox(Consumer<RuntimeException> reports) {
    DistributionSummary commits = DistributionSummary.builder("billing.webhooks.commit.events")
        .description("Events stored in one commit")
        .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
        .register(registry);
    Counter fetched = Counter.builder("billing.webhooks.caught.up")
        .description("Events that never arrived and were fetched from the provider's list")
        .register(registry);
    WorkerTraces traces = new WorkerTraces(tracer);
    return new InboxListener() {
      @Override
      public void stored(int events) {
        commits.record(events);
      }

      @Override
      public void batch(Runnable batch) {
        traces.batch(batch);
      }

      @Override
      public void attempted(EventStatus status, Duration sinceReceived) {
        traces.attempted(status);
        Timer.builder("billing.webhooks.attempts")
            .description("Attempts to process an event, and its age at their end")
            .tag("status", status.code())
            .serviceLevelObjectives(AGES)
            .register(registry)
            .record(sinceReceived.isNegative() ? Duration.ZERO : sinceReceived);
      }

      @Override
      public void caughtUp(int events) {
        fetched.increment(events);
      }

      @Override
      public void unexpected(RuntimeException failure) {
        reports.accept(failure);
      }
    };
  }

  /** Measures what the store lets happen: 1 for the mode that it is in, 0 for the others. */
  void watchMode(BillingStore store, InstantSource wallClock) {
    Recent<StoreMode> recent = new Recent<>(store::mode, wallClock);
    for (StoreMode mode : StoreMode.values()) {
      Gauge.builder(
              "billing.store.mode",
              recent,
              source -> source.get().map(seen -> seen == mode ? 1.0 : 0.0).orElse(Double.NaN))
          .description(
              "What the store lets happen; anything but open means that nothing can be written")
          .tag("mode", mode.name().toLowerCase(Locale.ROOT))
          .strongReference(true)
          .register(registry);
    }
  }

  /** Measures by how much this machine's clock is ahead of the store's. */
  void watchClock(StoreClock clock) {
    Gauge.builder(
            "billing.clock.skew.seconds",
            clock,
            source -> source.skew().map(skew -> skew.toMillis() / 1000.0).orElse(Double.NaN))
        .description(
            "Seconds by which this machine's clock is ahead of the store's, by which leases"
                + " and retries go")
        .strongReference(true)
        .register(registry);
  }

  /** Measures which version of the catalog is in force on this node, and which was published last. */
  void watchCatalog(CatalogVersions catalogs) {
    gauge("in_force", catalogs, CatalogVersions::inForce);
    gauge("published", catalogs, CatalogVersions::published);
  }

  private void gauge(
      String state, CatalogVersions catalogs, Function<CatalogVersions, OptionalLong> version) {
    Gauge.builder("billing.catalog.version", catalogs, source -> {
          OptionalLong known = version.apply(source);
          return known.isPresent() ? known.getAsLong() : Double.NaN;
        })
        .description(
            "Versions of the catalog: in_force on this node, and published last. They differ if this"
                + " release can't read what a newer one published")
        .tag("state", state)
        .strongReference(true)
        .register(registry);
  }

  /** Measures what the bodies of requests take in memory. */
  void watchBodies(BodyBudget bodies) {
    Gauge.builder("billing.http.body.bytes", bodies, BodyBudget::held)
        .description("Bytes that bodies of requests take in memory")
        .strongReference(true)
        .register(registry);
    Gauge.builder("billing.http.body.bytes.max", bodies, BodyBudget::total)
        .description("Bytes that bodies of requests may take; beyond it, requests are refused")
        .strongReference(true)
        .register(registry);
  }

  void watchInbox(Webhooks webhooks, InstantSource wallClock) {
    Recent<InboxStatus> recent = new Recent<>(webhooks::status, wallClock);
    gauge("billing.webhooks.backlog", "Events that wait", recent, InboxStatus::backlog);
    gauge("billing.webhooks.dead", "Events that were given up", recent, InboxStatus::dead);
    gauge("billing.webhooks.retrying", "Events that failed", recent, InboxStatus::retrying);
    gauge(
        "billing.webhooks.needs.read",
        "Objects that only a read of the provider can settle",
        recent,
        InboxStatus::pendingReads);
    gauge(
        "billing.webhooks.oldest.age.seconds",
        "Age of the oldest event that waits",
        recent,
        status -> status
            .oldestReceivedAt()
            .map(oldest ->
                Math.max(0, Duration.between(oldest, wallClock.instant()).toSeconds()))
            .orElse(0L));
  }

  /** Measures how many commands wait for a person. */
  void watchCommands(CommandAdministration commands) {
    Gauge.builder("billing.commands.needs.operator", commands, waiting -> count(waiting::undecided))
        .description("Commands that wait for a person's decision")
        .strongReference(true)
        .register(registry);
  }

  /** Measures how many mirrored rows differ from what the provider holds. */
  void watchDrift(DriftMonitor drift) {
    Gauge.builder("billing.drift.open", drift, monitor -> count(monitor::open))
        .description("Rows that differ from what the provider holds, and are not repaired")
        .strongReference(true)
        .register(registry);
  }

  /** Measures how many subscriptions are one too many. */
  void watchDuplicates(Duplicates duplicates) {
    Gauge.builder("billing.duplicates.open", duplicates, found -> count(found::open))
        .description("Subscriptions that are one too many, and not dealt with")
        .strongReference(true)
        .register(registry);
  }

  /** Measures how many purchases are one too many. */
  void watchPurchases(Purchases purchases) {
    Gauge.builder(
            "billing.duplicates.purchases", purchases, bought -> count(bought::openDuplicates))
        .description(
            "Purchases of what their buyers owned, and not given back; 101 is more than 100")
        .strongReference(true)
        .register(registry);
  }

  /** Measures how much use is on its way to the provider's meters, and how much is lost. */
  void watchMetering(MeteredUsage metering) {
    backlog(
        "pending", "Sums of use that the provider does not have yet", metering, Backlog::pending);
    backlog(
        "overdue", "Sums of use whose invoice was finalised before", metering, Backlog::overdue);
    backlog("dead", "Sums of use that are given up", metering, Backlog::dead);
    backlog("undecided", "Sums of use that wait for a person", metering, Backlog::undecided);
  }

  private void backlog(
      String what, String description, MeteredUsage metering, ToLongFunction<Backlog> of) {
    Gauge.builder(
            "billing.metering." + what,
            metering,
            watched -> count(() -> of.applyAsLong(watched.backlog())))
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** Counts answers from what was last read, while the database is down. */
  void watchStaleAnswers(Entitlements entitlements) {
    FunctionCounter.builder("billing.entitlements.stale", entitlements, Entitlements::staleAnswers)
        .description("Questions that were answered by what was last read, the database being down")
        .register(registry);
  }

  /** Gauges of each subscriber, as they come and go. */
  void watchSubscribers(Subscribers subscribers, InstantSource wallClock) {
    MultiGauge oldest = MultiGauge.builder("billing.events.oldest.undelivered")
        .description("Age of the oldest event that a subscriber has not received")
        .baseUnit("seconds")
        .register(registry);
    MultiGauge parked = MultiGauge.builder("billing.events.parked.accounts")
        .description("Accounts whose next event a subscriber has not taken")
        .register(registry);
    MultiGauge blocked = MultiGauge.builder("billing.events.blocked.accounts")
        .description("Accounts whose next event was given up, until a person decides")
        .register(registry);
    Recent<List<SubscriberStatus>> recent = new Recent<>(subscribers::list, wallClock);
    refreshed.add(() -> {
      List<SubscriberStatus> all = recent.get().orElse(List.of());
      oldest.register(
          rows(
              all,
              status -> status
                  .oldest()
                  .map(since -> Duration.between(since, wallClock.instant()).toMillis() / 1e3)
                  .orElse(0.0)),
          true);
      parked.register(rows(all, status -> (double) status.retrying()), true);
      blocked.register(rows(all, status -> (double) status.blocked()), true);
    });
  }

  /** Counts what becomes of mails, by template. */
  MailListener mails() {
    return (template, status, suppressed) -> Counter.builder("billing.mails")
        .description("What became of mails: each time that one has a new status")
        .tag("template", template.code())
        .tag("status", status.code())
        .tag("reason", suppressed.map(SuppressionReason::code).orElse("none"))
        .register(registry)
        .increment();
  }

  /** Measures how sending is doing. */
  void watchMails(MailAdministration mails, InstantSource wallClock) {
    Recent<MailBacklog> recent = new Recent<>(mails::backlog, wallClock);
    ToDoubleFunction<ToDoubleFunction<MailBacklog>> read =
        value -> recent.get().map(value::applyAsDouble).orElse(Double.NaN);
    Gauge.builder("billing.mails.due", () -> read.applyAsDouble(MailBacklog::due))
        .description("Mails that are due and not sent yet")
        .register(registry);
    Gauge.builder("billing.mails.unknown", () -> read.applyAsDouble(MailBacklog::unknown))
        .description("Mails of which it isn't known whether they were sent")
        .register(registry);
    Gauge.builder(
            "billing.mails.oldest.due",
            () -> read.applyAsDouble(backlog -> backlog
                .oldestPlannedAt()
                .map(since -> Duration.between(since, wallClock.instant()).toMillis() / 1e3)
                .orElse(0.0)))
        .description("Age of the oldest mail that is due and not sent yet")
        .baseUnit("seconds")
        .register(registry);
  }

  private static List<MultiGauge.Row<?>> rows(
      List<SubscriberStatus> all, ToDoubleFunction<SubscriberStatus> value) {
    return all.stream()
        .<MultiGauge.Row<?>>map(status ->
            MultiGauge.Row.of(Tags.of("subscriber", status.name()), value.applyAsDouble(status)))
        .toList();
  }

  /** Measures how many trials go on that are a person's second. */
  void watchTrials(TrialLedger trials) {
    Gauge.builder("billing.trials.repeated", trials, ledger -> count(ledger::open))
        .description("Trials that go on and are a person's second")
        .strongReference(true)
        .register(registry);
  }

  private static double count(LongSupplier counted) {
    try {
      return counted.getAsLong();
    } catch (BillingException e) {
      return Double.NaN;
    }
  }

  private void gauge(
      String name,
      String description,
      Recent<InboxStatus> recent,
      ToDoubleFunction<InboxStatus> value) {
    Gauge.builder(
            name,
            recent,
            source -> source.get().map(status -> value.applyAsDouble(status)).orElse(Double.NaN))
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** One look for all gauges of a scrape. */
  private static final class Recent<T> {
    private static final Duration GOOD_FOR = Duration.ofSeconds(2);

    private final Supplier<T> source;
    private final InstantSource wallClock;
    private Optional<T> seen = Optional.empty();
    private Instant lookedAt = Instant.MIN;

    Recent(Supplier<T> source, InstantSource wallClock) {
      this.source = source;
      this.wallClock = wallClock;
    }

    /** Empty while the store is down. */
    synchronized Optional<T> get() {
      Instant now = wallClock.instant();
      if (lookedAt.equals(Instant.MIN) || !now.isBefore(lookedAt.plus(GOOD_FOR))) {
        lookedAt = now;
        seen = look();
      }
      return seen;
    }

    private Optional<T> look() {
      try {
        return Optional.of(source.get());
      } catch (BillingException e) {
        return Optional.empty();
      }
    }
  }
}
