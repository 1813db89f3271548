package com.tatame.billing.metering;

import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.metering.MeterReportStore.Totals;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.time.Clocks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Sends reports: claim, send one by one, settle. Holds no state between batches, so any number of
 * nodes may send; whatever is sent twice has the same id.
 */
final class ReportSender {
  static final int BATCH = 50;
  static final Duration LEASE = Duration.ofMinutes(5);
  /** What is older is not taken by the provider. */
  static final Duration REACH = Duration.ofDays(35);
  /** So long the provider knows an id for certain; an hour less than it says. */
  static final Duration IDENTIFIER_VALIDITY = Duration.ofHours(23);

  private static final Logger LOG = System.getLogger(ReportSender.class.getName());
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(15);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(15);
  private static final int MAX_DOUBLINGS = 10;

  private final MeterReportStore store;
  private final UsageMeters meters;
  private final Clocks clocks;
  private final RandomGenerator random;

  ReportSender(MeterReportStore store, UsageMeters meters, Clocks clocks, RandomGenerator random) {
    this.store = store;
    this.meters = meters;
    this.clocks = clocks;
    this.random = random;
  }

  /** Sends until nothing is due or the provider is gone; returns how many it has now. */
  int send(boolean urgent) {
    int sent = 0;
    boolean more = true;
    while (more) {
      ClaimId claim = new ClaimId(random.nextLong(Long.MAX_VALUE));
      Instant at = clocks.billingNow().truncatedTo(ChronoUnit.MICROS);
      List<MeterReport> reports = store.claim(claim, BATCH, clocks.wallNow(), at, LEASE, urgent);
      List<ReportOutcome> outcomes = outcomes(reports, at);
      if (!outcomes.isEmpty()) {
        store.settle(claim, outcomes);
      }
      sent +=
          (int) outcomes.stream().filter(ReportOutcome.Sent.class::isInstance).count();
      more = reports.size() == BATCH
          && outcomes.stream().noneMatch(ReportOutcome.Later.class::isInstance);
    }
    return sent;
  }

  // Who can't be reached for one can't be reached for the others, either.
  private List<ReportOutcome> outcomes(List<MeterReport> reports, Instant at) {
    List<ReportOutcome> outcomes = new ArrayList<>();
    boolean reachable = true;
    for (MeterReport report : reports) {
      ReportOutcome outcome = reachable
          ? outcome(report, at)
          : new ReportOutcome.Later(
              report.id(), clocks.wallNow(), report.doubtfulSince(), Optional.empty());
      reachable &= !(outcome instanceof ReportOutcome.Later);
      report(report, outcome, at);
      outcomes.add(outcome);
    }
    return outcomes;
  }

  private ReportOutcome outcome(MeterReport report, Instant at) {
    if (report.units() == 0) {
      return new ReportOutcome.Sent(report.id());
    }
    if (report.at().isBefore(at.minus(REACH))) {
      return new ReportOutcome.Dead(
          report.id(),
          "used more than " + REACH.toDays() + " days ago; the provider takes no such");
    }
    try {
      if (report.doubtfulSince().filter(at.minus(IDENTIFIER_VALIDITY)::isAfter).isPresent()) {
        Optional<ReportOutcome> known = whatIsKnown(report);
        if (known.isPresent()) {
          return known.get();
        }
      }
      meters.send(report.event());
      return new ReportOutcome.Sent(report.id());
    } catch (ProviderRejected e) {
      String why = "refused: " + e.providerCode();
      return report.doubtfulSince().isEmpty()
          ? new ReportOutcome.Dead(report.id(), why)
          : new ReportOutcome.Undecided(
              report.id(), why + "; what was sent before may have been counted");
    } catch (ProviderUnavailable e) {
      Optional<Instant> doubt = report.doubtfulSince();
      return new ReportOutcome.Later(
          report.id(),
          clocks.wallNow().plus(pause(report.attempts(), e.retryAfter())),
          e.execution() == Execution.NOT_EXECUTED ? doubt : doubt.or(() -> Optional.of(at)),
          Optional.ofNullable(e.getMessage()));
    }
  }

  /**
   * The provider may have deleted the id, and sending could count it twice: what the meter holds of that minute
   * tells whether it did, unless more than this one is open there. Empty for not counted.
   */
  private Optional<ReportOutcome> whatIsKnown(MeterReport report) {
    Instant minute = report.at().truncatedTo(ChronoUnit.MINUTES);
    Instant next = minute.plus(Duration.ofMinutes(1));
    Totals ours = store.totals(report.account(), minute, next).stream()
        .filter(totals -> totals.meter().equals(report.meter()))
        .findFirst()
        .orElseThrow();
    long counted = meters.counted(report.meter(), report.customerId().orElseThrow(), minute, next);
    boolean alone = ours.pending() == report.units() && ours.undecided() == 0;
    if (alone && counted == ours.sent()) {
      return Optional.empty();
    } else if (alone && counted == ours.sent() + report.units()) {
      return Optional.of(new ReportOutcome.Sent(report.id()));
    }
    return Optional.of(new ReportOutcome.Undecided(
        report.id(),
        "the meter holds " + counted + " for that minute, of which " + ours.sent()
            + " are known to be ours"));
  }

  private Duration pause(int failures, Duration wanted) {
    long doubled = FIRST_PAUSE.toMillis() << Math.min(failures, MAX_DOUBLINGS);
    long full = Math.min(doubled, MAX_PAUSE.toMillis());
    Duration own = Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    return own.compareTo(wanted) < 0 ? wanted : own;
  }

  private static void report(MeterReport report, ReportOutcome outcome, Instant at) {
    if (outcome instanceof ReportOutcome.Dead dead) {
      LOG.log(
          Level.ERROR, "{0} units of {1} are lost: {2}", report.units(), report.id(), dead.error());
    } else if (outcome instanceof ReportOutcome.Undecided undecided) {
      LOG.log(
          Level.ERROR,
          "whether {0} is counted is for a person to find out: {1}",
          report.id(),
          undecided.error());
    } else if (report.deadline().filter(at::isAfter).isPresent()) {
      LOG.log(
          Level.ERROR,
          "the invoice of {0} was finalised before its {1} units were sent",
          report.id(),
          report.units());
    }
  }
}
