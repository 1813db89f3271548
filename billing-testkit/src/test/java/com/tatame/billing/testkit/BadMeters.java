package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.metering.MeterReport;
import com.tatame.billing.metering.MeterReport.State;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.metering.MeterReportStore.Totals;
import com.tatame.billing.metering.ReportOutcome;
import com.tatame.billing.metering.UsageMeters;
import com.tatame.billing.metering.UsageMeters.MeterEvent;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.setup.AccountState;
import com.tatame.billing.setup.ProviderSetup;
import com.tatame.billing.setup.SetupChange;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stores and gateways that break one rule of metered use each. */
final class BadMeters {
  private BadMeters() {}

  abstract static class SpoiltReports extends ForwardingStore {
    private final String method;

    SpoiltReports(String method) {
      this.method = method;
    }

    MeterReportStore reports() {
      return good.meterReports();
    }

    abstract Object answer(Object[] args);

    @Override
    public MeterReportStore meterReports() {
      return spoil(MeterReportStore.class, good.meterReports(), Map.of(method, this::answer));
    }

    List<MeterReport> claim(ClaimId claim, Object[] args) {
      return reports()
          .claim(
              claim,
              (int) args[1],
              (Instant) args[2],
              (Instant) args[3],
              (Duration) args[4],
              (boolean) args[5]);
    }
  }

  /** Uses the units again to have them reported though they were not used. */
  static class ReportsWhatIsRepeated extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(UsageStore.class, good.usage(), Map.of("consume", args -> {
        List<DebitResult> results = new ArrayList<>();
        for (Object asked : (List<?>) args[0]) {
          UsageDebit debit = (UsageDebit) asked;
          results.addAll(good.usage()
              .consume(List.of(new UsageDebit(
                  debit.id(),
                  debit.account(),
                  debit.feature(),
                  Ids.next("key"),
                  debit.fingerprint(),
                  debit.version(),
                  debit.tier(),
                  debit.period(),
                  debit.offers(),
                  debit.amount(),
                  debit.at(),
                  debit.recorded(),
                  debit.metadata()))));
        }
        return results;
      }));
    }
  }

  static class KeepsWhatIsGivenBack extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(UsageStore.class, good.usage(), Map.of("release", args -> Optional.empty()));
    }
  }

  static class ClaimsAnewWhenRepeated extends SpoiltReports {
    ClaimsAnewWhenRepeated() {
      super("claim");
    }

    @Override
    Object answer(Object[] args) {
      return claim(Ids.claim(), args);
    }
  }

  static class ClaimsForAnInstant extends SpoiltReports {
    ClaimsForAnInstant() {
      super("claim");
    }

    @Override
    Object answer(Object[] args) {
      args[4] = Duration.ZERO;
      return claim((ClaimId) args[0], args);
    }
  }

  static class ForgetsTheDoubt extends SpoiltReports {
    ForgetsTheDoubt() {
      super("claim");
    }

    @Override
    Object answer(Object[] args) {
      return claim((ClaimId) args[0], args).stream()
          .map(report -> new MeterReport(
              report.id(),
              report.account(),
              report.meter(),
              report.units(),
              report.at(),
              report.state(),
              report.customerId(),
              report.attempts(),
              Optional.empty(),
              report.deadline(),
              report.error()))
          .toList();
    }
  }

  static class HurriesNobody extends SpoiltReports {
    HurriesNobody() {
      super("hurry");
    }

    @Override
    Object answer(Object[] args) {
      return 0;
    }
  }

  static class HurriesWithWhatComesLater extends SpoiltReports {
    HurriesWithWhatComesLater() {
      super("hurry");
    }

    @Override
    Object answer(Object[] args) {
      return reports().hurry((String) args[0], Instant.MAX, (Instant) args[2]);
    }
  }

  /** Settles for any caller. */
  static class SettlesForAnybody extends SpoiltReports {
    private final Map<String, ClaimId> holders = new HashMap<>();

    SettlesForAnybody() {
      super("settle");
    }

    @Override
    public MeterReportStore meterReports() {
      return spoil(
          MeterReportStore.class,
          good.meterReports(),
          Map.of("settle", this::answer, "claim", args -> {
            List<MeterReport> claimed = claim((ClaimId) args[0], args);
            claimed.forEach(report -> holders.put(report.id(), (ClaimId) args[0]));
            return claimed;
          }));
    }

    @Override
    Object answer(Object[] args) {
      for (Object settled : (List<?>) args[1]) {
        ReportOutcome outcome = (ReportOutcome) settled;
        ClaimId holder = holders.getOrDefault(outcome.id(), (ClaimId) args[0]);
        reports().settle(holder, List.of(outcome));
      }
      return Optional.empty();
    }
  }

  static class CountsTheDeadAsSent extends SpoiltReports {
    CountsTheDeadAsSent() {
      super("totals");
    }

    @Override
    Object answer(Object[] args) {
      return reports().totals((AccountId) args[0], (Instant) args[1], (Instant) args[2]).stream()
          .map(totals -> new Totals(
              totals.meter(),
              totals.sent() + totals.dead(),
              totals.pending(),
              0,
              totals.undecided()))
          .toList();
    }
  }

  static class DecidesAgain extends SpoiltReports {
    DecidesAgain() {
      super("resolve");
    }

    @Override
    Object answer(Object[] args) {
      Optional<MeterReport> resolved =
          reports().resolve((String) args[0], (boolean) args[1], AnAuditEntry.any());
      return resolved.isPresent() ? resolved : reports().find((String) args[0]);
    }
  }

  static class ForgetsWhatWaits extends SpoiltReports {
    ForgetsWhatWaits() {
      super("find");
    }

    @Override
    Object answer(Object[] args) {
      return reports().find((String) args[0]).filter(report -> report.state() == State.SENT);
    }
  }

  abstract static class SpoiltMeters extends ForwardingGateway {
    abstract void send(MeterEvent event);

    @Override
    public UsageMeters meters() {
      return ForwardingStore.spoil(UsageMeters.class, good.meters(), Map.of("send", args -> {
        send((MeterEvent) args[0]);
        return Optional.empty();
      }));
    }
  }

  static class CountsUnderAnyId extends SpoiltMeters {
    @Override
    void send(MeterEvent event) {
      good.meters()
          .send(new MeterEvent(
              Ids.next("use"), event.meter(), event.customerId(), event.units(), event.at()));
    }
  }

  static class CountsAsOfNow extends SpoiltMeters {
    @Override
    void send(MeterEvent event) {
      good.meters()
          .send(new MeterEvent(
              event.id(), event.meter(), event.customerId(), event.units(), engine.now()));
    }
  }

  static class NeverTakesBack extends SpoiltMeters {
    @Override
    void send(MeterEvent event) {
      if (event.units() > 0) {
        good.meters().send(event);
      }
    }
  }

  static class SwallowsRefusals extends SpoiltMeters {
    @Override
    void send(MeterEvent event) {
      try {
        good.meters().send(event);
      } catch (ProviderRejected e) {
        engine.now();
      }
    }
  }

  static class SwallowsOutages extends SpoiltMeters {
    @Override
    void send(MeterEvent event) {
      try {
        good.meters().send(event);
      } catch (ProviderUnavailable e) {
        engine.now();
      }
    }
  }

  static class KnowsNoMeters extends ForwardingGateway {
    @Override
    public ProviderSetup setup() {
      return ForwardingStore.spoil(ProviderSetup.class, good.setup(), Map.of("state", args -> {
        AccountState held = good.setup().state();
        return new AccountState(
            held.products(), held.prices(), held.portals(), held.endpoints(), List.of());
      }));
    }
  }

  static class SellsInAdvance extends ForwardingGateway {
    @Override
    public ProviderSetup setup() {
      return ForwardingStore.spoil(ProviderSetup.class, good.setup(), Map.of("apply", args -> {
        SetupChange change = (SetupChange) args[0];
        return good.setup()
            .apply(
                change instanceof SetupChange.CreatePrice price
                    ? new SetupChange.CreatePrice(
                        price.productId(),
                        price.plan(),
                        price.lookupKey(),
                        price.price(),
                        price.unit(),
                        price.replaced(),
                        price.after(),
                        Optional.empty())
                    : change);
      }));
    }
  }
}
