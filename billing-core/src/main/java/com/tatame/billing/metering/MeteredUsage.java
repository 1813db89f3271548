package com.tatame.billing.metering;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.metering.MeterReport.State;
import com.tatame.billing.metering.MeterReportStore.Backlog;
import com.tatame.billing.metering.MeterReportStore.Totals;
import com.tatame.billing.time.Clocks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * Use cases: what was used of metered features is sent to the provider's meters, and read back.
 * Thread-safe.
 */
public final class MeteredUsage {
  /** So long after its making the provider finalises an invoice, and takes what is used until then. */
  private static final Duration UNTIL_FINAL = Duration.ofHours(1);

  private static final Window PERIOD = new Window(Window.Kind.BILLING_PERIOD, ZoneOffset.UTC);
  private static final Logger LOG = System.getLogger(MeteredUsage.class.getName());

  private final CatalogInForce catalog;
  private final MeterReportStore store;
  private final UsageMeters meters;
  private final UsageStore usage;
  private final CustomerStore customers;
  private final Clocks clocks;
  private final InstantSource clock;
  private final ReportSender sender;
  private final AtomicBoolean hurried = new AtomicBoolean();

  /**
   * @param clocks use is billed by the billing clock
   */
  public MeteredUsage(
      CatalogInForce catalog,
      MeterReportStore store,
      UsageMeters meters,
      UsageStore usage,
      CustomerStore customers,
      Clocks clocks,
      RandomGenerator random) {
    this.catalog = catalog;
    this.store = store;
    this.meters = meters;
    this.usage = usage;
    this.customers = customers;
    this.clocks = clocks;
    this.clock = clocks.billing();
    this.sender = new ReportSender(store, meters, clocks, random);
  }

  /**
   * What an account used of a metered feature in the billing period of now.
   *
   * @param period whole minutes, as the provider tells what it counted
   * @param own what we know of it
   * @param counted what the provider's meter holds; empty if it can't be asked now. It takes a while
   *     until it has what it was sent
   */
  public record Current(String feature, Period period, Totals own, Optional<Long> counted) {
    /** Units that we know to be used and that the provider has not counted. */
    public Optional<Long> difference() {
      return counted.map(held -> own.used() - held);
    }
  }

  /** What an account used of metered features in the billing period of now, by feature. */
  public List<Current> current(AccountId account) {
    Instant now = clock.instant();
    Optional<AccountEntitlement.Source> source =
        usage.read(account, now).entitlement().flatMap(held -> held.sourceAt(now));
    Optional<Plan> plan = source.flatMap(one -> catalog.get().plan(one.tier()));
    Optional<Cycle> cycle = source.flatMap(AccountEntitlement.Source::cycle);
    if (plan.isEmpty() || cycle.isEmpty() || plan.get().meters().isEmpty()) {
      return List.of();
    }
    Period period = inMinutes(PERIOD.at(now, cycle));
    List<Totals> own = store.totals(account, period.start(), period.end());
    Optional<String> customer = customers.find(account).map(CustomerLink::customerId);
    List<Current> all = new ArrayList<>();
    new TreeMap<>(plan.get().features())
        .forEach((feature, terms) -> terms
            .meter()
            .ifPresent(meter -> all.add(new Current(
                feature,
                period,
                own.stream()
                    .filter(totals -> totals.meter().equals(meter))
                    .findFirst()
                    .orElse(new Totals(meter, 0, 0, 0, 0)),
                customer.flatMap(id -> counted(meter, id, period))))));
    return all;
  }

  private Optional<Long> counted(String meter, String customerId, Period period) {
    try {
      return Optional.of(meters.counted(meter, customerId, period.start(), period.end()));
    } catch (BillingException e) {
      LOG.log(Level.INFO, "what {0} counted can''t be read: {1}", meter, e.getMessage());
      return Optional.empty();
    }
  }

  // The provider tells by the minute.
  private static Period inMinutes(Period period) {
    Instant start = period.start().truncatedTo(ChronoUnit.MINUTES);
    Instant end = period.end().truncatedTo(ChronoUnit.MINUTES);
    return new Period(start, end.isBefore(period.end()) ? end.plus(Duration.ofMinutes(1)) : end);
  }

  /**
   * Sends what was used and is not sent yet, also that of others' and of earlier runs; returns how many
   * reports the provider has now.
   */
  public int send() {
    hurried.set(false);
    return sender.send(false);
  }

  /** As {@link #send}, of what an invoice waits for; nothing if none does. */
  public int sendWhatInvoicesWaitFor() {
    return hurried.getAndSet(false) ? sender.send(true) : 0;
  }

  /** Whether an invoice waits for what is to be sent at once. */
  public boolean hurried() {
    return hurried.get();
  }

  /**
   * Takes note of an invoice. If it is a draft, what its customer used until the end of its period is
   * to be sent before it is finalised.
   */
  public void seen(Invoice invoice) {
    if (invoice.status() == InvoiceStatus.DRAFT && invoice.subscriptionId().isPresent()) {
      int waiting = store.hurry(
          invoice.customerId(), invoice.createdAt(), invoice.createdAt().plus(UNTIL_FINAL));
      if (waiting > 0) {
        hurried.set(true);
      }
    }
  }

  /** What waits, and what is lost. */
  public Backlog backlog() {
    return store.backlog(clock.instant());
  }

  /** One page, as {@link MeterReportStore#list}. */
  public List<MeterReport> list(MeterReportStore.Filter filter, Optional<String> after, int limit) {
    return store.list(filter, after, limit);
  }

  /**
   * Decides about a report that is dead or that waits for a person. A decision that is repeated
   * changes nothing: its first answer may have been lost.
   *
   * @param sent whether the provider has it; if not, it is sent anew
   * @throws NotFound if there is none with this id
   * @throws Conflict if there is nothing to decide
   * @throws ValidationFailed if it is too old to be sent
   */
  public MeterReport resolve(String id, boolean sent) {
    MeterReport report = store.find(id).orElseThrow(() -> new NotFound("usage report", id));
    if (report.state() == (sent ? State.SENT : State.SENDING)) {
      return report;
    }
    if (!sent && report.at().isBefore(clock.instant().minus(ReportSender.REACH))) {
      throw ValidationFailed.of(
          "sent",
          "must be true: the provider takes no use of more than " + ReportSender.REACH.toDays()
              + " days ago. Bill it by hand.");
    }
    if (report.state() != State.DEAD && report.state() != State.NEEDS_OPERATOR) {
      throw decided(report);
    }
    return store.resolve(id, sent, resolved(report, sent)).orElseThrow(() -> decided(report));
  }

  private static Conflict decided(MeterReport report) {
    return Conflict.because(
        "The report is " + report.state().code() + "; there is nothing to decide.");
  }

  private AuditEntry resolved(MeterReport report, boolean sent) {
    return AuditEntry.of(
        clocks.wallNow(),
        AuditAction.RESOLVE_USAGE_REPORT.code(),
        Optional.of(report.account()),
        report.id(),
        AuditChange.changed(
            Map.of("state", report.state().code()),
            Map.of("state", (sent ? State.SENT : State.SENDING).code())));
  }
}
