package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.metering.MeterReport;
import com.tatame.billing.metering.MeterReport.State;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.metering.ReportOutcome;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ClaimId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

final class InMemoryMeterReports implements MeterReportStore {
  private static final Window PERIOD = new Window(Window.Kind.BILLING_PERIOD, ZoneOffset.UTC);
  private static final Set<State> UNSENT = Set.of(State.OPEN, State.SENDING);
  private static final Set<State> IN_DOUBT = Set.of(State.DEAD, State.NEEDS_OPERATOR);
  private static final Comparator<Row> LATEST_FIRST = Comparator.comparing(
          (Row row) -> row.report.at())
      .thenComparing(row -> row.report.id())
      .reversed();
  private static final Comparator<Row> MOST_URGENT_FIRST = Comparator.comparing(
          (Row row) -> row.report.deadline().orElse(Instant.MAX))
      .thenComparing(row -> row.notBefore)
      .thenComparing(row -> row.report.id());

  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final MirroredRows mirrored;
  private final Map<String, Row> rows = new HashMap<>();
  private final Map<Used, MeterHour> places = new HashMap<>();
  private @Nullable Catalog catalog;

  private record Used(AccountId account, String consumption) {}

  private record MeterHour(String meter, Instant from) {}

  private static final class Row {
    final MeterHour place;
    MeterReport report;
    Instant notBefore = Instant.MIN;

    @Nullable
    ClaimId claim;

    Row(MeterHour place, MeterReport report) {
      this.place = place;
      this.report = report;
    }

    void become(State state, Optional<String> error) {
      report = new MeterReport(
          report.id(),
          report.account(),
          report.meter(),
          report.units(),
          report.at(),
          state,
          report.customerId(),
          report.attempts(),
          report.doubtfulSince(),
          report.deadline(),
          error);
    }

    void add(long units) {
      report = new MeterReport(
          report.id(),
          report.account(),
          report.meter(),
          report.units() + units,
          report.at(),
          report.state(),
          report.customerId(),
          report.attempts(),
          report.doubtfulSince(),
          report.deadline(),
          report.error());
    }

    void send(String customerId, int attempts, Optional<Instant> doubtfulSince) {
      report = new MeterReport(
          report.id(),
          report.account(),
          report.meter(),
          report.units(),
          report.at(),
          State.SENDING,
          Optional.of(report.customerId().orElse(customerId)),
          attempts,
          doubtfulSince,
          report.deadline(),
          report.error());
    }

    void hurry(Instant deadline) {
      report = new MeterReport(
          report.id(),
          report.account(),
          report.meter(),
          report.units(),
          report.at(),
          report.state(),
          report.customerId(),
          report.attempts(),
          report.doubtfulSince(),
          report.deadline().filter(deadline::isAfter).or(() -> Optional.of(deadline)),
          report.error());
    }
  }

  InMemoryMeterReports(SharedLock lock, MirroredRows mirrored, InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
    this.mirrored = mirrored;
  }

  /** Whose features are metered from now on. */
  void publish(Catalog published) {
    catalog = published;
  }

  /** Units were used; the lock is held. What was given for nothing, a plan or units, isn't metered. */
  void used(UsageDebit debit, Consumption consumption) {
    AccountId account = debit.account();
    long units = consumption.amount() - consumption.granted();
    Optional<Source> source = mirrored
        .entitlement(account)
        .flatMap(held -> held.sourceAt(consumption.at()))
        .filter(paid -> paid.tier().equals(debit.tier()) && units > 0);
    Optional<Plan> plan = source.flatMap(
        one -> Optional.ofNullable(catalog).flatMap(known -> known.plan(one.tier())));
    plan.flatMap(held -> Optional.ofNullable(held.features().get(consumption.feature())))
        .flatMap(feature -> feature.meter())
        .ifPresent(meter -> {
          Instant hour = consumption.at().truncatedTo(ChronoUnit.HOURS);
          Instant period =
              PERIOD.at(consumption.at(), source.flatMap(Source::cycle)).start();
          MeterHour place = new MeterHour(meter, hour.isBefore(period) ? period : hour);
          places.put(new Used(account, consumption.id()), place);
          count(account, place, consumption.id(), units, consumption.at());
        });
  }

  /** Units were given back; the lock is held. */
  void released(AccountId account, Consumption consumption) {
    MeterHour place = places.get(new Used(account, consumption.id()));
    if (place != null) {
      count(
          account,
          place,
          consumption.id() + ".released",
          consumption.granted() - consumption.amount(),
          consumption.at());
    }
  }

  private void count(AccountId account, MeterHour place, String id, long units, Instant at) {
    Optional<Row> open = rows.values().stream()
        .filter(row -> row.report.state() == State.OPEN
            && row.report.account().equals(account)
            && row.place.equals(place))
        .findFirst();
    if (open.isPresent()) {
      open.get().add(units);
    } else {
      rows.put(
          id,
          new Row(
              place,
              new MeterReport(
                  id,
                  account,
                  place.meter(),
                  units,
                  at,
                  State.OPEN,
                  Optional.empty(),
                  0,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty())));
    }
  }

  @Override
  public List<MeterReport> claim(
      ClaimId claim, int limit, Instant now, Instant at, Duration lease, boolean urgent) {
    return lock.hold(() -> {
      List<MeterReport> again = rows.values().stream()
          .filter(row -> claim.equals(row.claim))
          .sorted(MOST_URGENT_FIRST)
          .map(row -> row.report)
          .toList();
      return again.isEmpty() ? claimAnew(claim, limit, now, at, lease, urgent) : again;
    });
  }

  private List<MeterReport> claimAnew(
      ClaimId claim, int limit, Instant now, Instant at, Duration lease, boolean urgent) {
    return rows.values().stream()
        .filter(row -> UNSENT.contains(row.report.state())
            && !row.notBefore.isAfter(now)
            && (!urgent || row.report.deadline().isPresent())
            && customerOf(row.report.account()).isPresent())
        .sorted(MOST_URGENT_FIRST)
        .limit(limit)
        .toList()
        .stream()
        .map(row -> {
          Optional<Instant> doubt = row.report.doubtfulSince();
          String customer = customerOf(row.report.account()).orElseThrow();
          row.send(customer, row.report.attempts(), doubt);
          MeterReport before = row.report;
          row.send(customer, row.report.attempts(), doubt.or(() -> Optional.of(at)));
          row.claim = claim;
          row.notBefore = now.plus(lease);
          return before;
        })
        .toList();
  }

  private Optional<String> customerOf(AccountId account) {
    return mirrored.link(account).map(Change.Link::customerId);
  }

  @Override
  public void settle(ClaimId claim, List<ReportOutcome> outcomes) {
    lock.hold(() -> {
      outcomes.forEach(outcome -> {
        Row row = rows.get(outcome.id());
        if (row != null && claim.equals(row.claim)) {
          settle(row, outcome);
        }
      });
      return true;
    });
  }

  private static void settle(Row row, ReportOutcome outcome) {
    row.claim = null;
    if (outcome instanceof ReportOutcome.Sent) {
      row.become(State.SENT, Optional.empty());
    } else if (outcome instanceof ReportOutcome.Dead dead) {
      row.become(State.DEAD, Optional.of(dead.error()));
    } else if (outcome instanceof ReportOutcome.Undecided undecided) {
      row.become(State.NEEDS_OPERATOR, Optional.of(undecided.error()));
    } else if (outcome instanceof ReportOutcome.Later later) {
      row.notBefore = later.notBefore();
      row.send(
          row.report.customerId().orElseThrow(),
          row.report.attempts() + (later.error().isPresent() ? 1 : 0),
          later.doubtfulSince());
      row.become(State.SENDING, later.error().or(() -> row.report.error()));
    }
  }

  @Override
  public int hurry(String customerId, Instant until, Instant deadline) {
    return lock.hold(() -> {
      Optional<AccountId> account = mirrored.accountOf(customerId);
      List<Row> waiting = rows.values().stream()
          .filter(row -> account.filter(row.report.account()::equals).isPresent()
              && UNSENT.contains(row.report.state())
              && row.report.at().isBefore(until))
          .toList();
      waiting.forEach(row -> {
        row.hurry(deadline);
        if (row.claim == null) {
          row.notBefore = Instant.MIN;
        }
      });
      return waiting.size();
    });
  }

  @Override
  public List<Totals> totals(AccountId account, Instant from, Instant until) {
    return lock.hold(() -> {
      Map<String, Totals> byMeter = new TreeMap<>();
      rows.values().stream()
          .map(row -> row.report)
          .filter(report -> report.account().equals(account)
              && !report.at().isBefore(from)
              && report.at().isBefore(until))
          .forEach(report -> byMeter.merge(
              report.meter(),
              totals(report),
              (one, other) -> new Totals(
                  one.meter(),
                  one.sent() + other.sent(),
                  one.pending() + other.pending(),
                  one.dead() + other.dead(),
                  one.undecided() + other.undecided())));
      return List.copyOf(byMeter.values());
    });
  }

  private static Totals totals(MeterReport report) {
    long units = report.units();
    return switch (report.state()) {
      case OPEN, SENDING -> new Totals(report.meter(), 0, units, 0, 0);
      case SENT -> new Totals(report.meter(), units, 0, 0, 0);
      case DEAD -> new Totals(report.meter(), 0, 0, units, 0);
      case NEEDS_OPERATOR -> new Totals(report.meter(), 0, 0, 0, units);
    };
  }

  @Override
  public List<MeterReport> list(Filter filter, Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      Optional<Row> last = after.flatMap(id -> Optional.ofNullable(rows.get(id)));
      if (after.isPresent() && last.isEmpty()) {
        return List.<MeterReport>of();
      }
      return rows.values().stream()
          .filter(row ->
              filter.state().filter(only -> only != row.report.state()).isEmpty()
                  && filter
                      .account()
                      .filter(only -> !only.equals(row.report.account()))
                      .isEmpty()
                  && last.filter(one -> LATEST_FIRST.compare(one, row) >= 0).isEmpty())
          .sorted(LATEST_FIRST)
          .limit(limit)
          .map(row -> row.report)
          .toList();
    });
  }

  @Override
  public Optional<MeterReport> find(String id) {
    return lock.hold(() -> Optional.ofNullable(rows.get(id)).map(row -> row.report));
  }

  @Override
  public Optional<MeterReport> resolve(String id, boolean sent, AuditEntry audit) {
    return audited.entering(
        audit,
        Optional::isPresent,
        () -> Optional.ofNullable(rows.get(id))
            .filter(row -> IN_DOUBT.contains(row.report.state()))
            .map(row -> {
              row.send(row.report.customerId().orElseThrow(), 0, Optional.empty());
              row.become(sent ? State.SENT : State.SENDING, Optional.empty());
              row.notBefore = Instant.MIN;
              return row.report;
            }));
  }

  @Override
  public Backlog backlog(Instant at) {
    return lock.hold(() -> {
      List<MeterReport> pending = reports()
          .filter(report -> UNSENT.contains(report.state()) && report.units() != 0)
          .toList();
      return new Backlog(
          pending.size(),
          pending.stream().filter(one -> customerOf(one.account()).isEmpty()).count(),
          pending.stream()
              .filter(one -> one.deadline().filter(at::isAfter).isPresent())
              .count(),
          reports().filter(report -> report.state() == State.DEAD).count(),
          reports().filter(report -> report.state() == State.NEEDS_OPERATOR).count(),
          pending.stream().map(MeterReport::at).min(Comparator.naturalOrder()));
    });
  }

  private Stream<MeterReport> reports() {
    return rows.values().stream().map(row -> row.report);
  }

  @Override
  public int prune(Instant before) {
    return lock.hold(() -> {
      int had = rows.size();
      rows.values()
          .removeIf(row -> row.report.state() == State.SENT && row.report.at().isBefore(before));
      return had - rows.size();
    });
  }
}
