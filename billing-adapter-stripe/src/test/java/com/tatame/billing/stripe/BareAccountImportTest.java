package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.importing.CustomerOwners;
import com.tatame.billing.importing.ImportListener;
import com.tatame.billing.importing.ImportReport;
import com.tatame.billing.importing.ImportReport.Counts;
import com.tatame.billing.importing.ImportSettings;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BareAccount;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SettableClock;
import com.tatame.billing.testkit.SimulatorControl;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A whole account is taken over within the rate that Stripe allows. Time only passes where a thread
 * waits; {@code -Dbilling.import.customers=5000} makes it a large account.
 */
class BareAccountImportTest {
  private static final int CUSTOMERS = Integer.getInteger("billing.import.customers", 150);
  private static final int ALLOWED = 25;
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final SettableClock wallClock = new SettableClock(BEGIN);
  private final StripeSimulator stripe =
      StripeSimulator.builder().wallClock(wallClock).requestsPerSecond(ALLOWED).start();
  private final BareAccount account = new BareAccount(stripe::call, new SimulatorControl(stripe));
  private final BillingStore store = new InMemoryBillingStore();
  private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();

  @AfterEach
  void close() {
    stripe.close();
    store.close();
  }

  @Test
  void atTheAllowedRateNothingIsRefusedAndTheRateIsUsed() {
    account.fill(CUSTOMERS, List.of(account.price("basic_bare", 500)), 21);

    ImportReport report = run(ALLOWED, ImportSettings.DEFAULT.withParallel(1));

    assertThat(report.refused()).isEmpty();
    assertThat(report.of("customers")).isEqualTo(new Counts(CUSTOMERS, 0, 0, 0));
    assertThat(account.differences(store)).isEmpty();
    assertThat(stripeRefused()).isZero();
    double rate = (requests() - 1) / seconds();
    assertThat(rate).isBetween(ALLOWED - 1.0, (double) ALLOWED);
    assertThat(requests()).as("three lists each, and pages").isLessThan(CUSTOMERS * 34L / 10 + 10);
  }

  @Test
  void whatIsRefusedForItsRateIsWaitedForAndARunThatDiesGoesOn() {
    account.fill(CUSTOMERS, List.of(account.price("basic_bare", 500)), 22);
    ImportListener dying = new ImportListener() {
      @Override
      public void progress(long done, long total, long before) {
        if (done > CUSTOMERS / 2) {
          throw new IllegalStateException("killed");
        }
      }
    };

    assertThatThrownBy(() -> run(40, ImportSettings.DEFAULT.withListener(dying)))
        .hasMessage("killed");
    long half = calls.getOrDefault("invoices.list", new LongAdder()).sum();
    ImportReport rest = run(40, ImportSettings.DEFAULT);

    assertThat(stripeRefused()).as("it asks for more than it is allowed").isPositive();
    assertThat(account.differences(store)).isEmpty();
    assertThat(rest.refused()).isEmpty();
    assertThat(half + rest.of("customers").created())
        .as("no page that was done is done again")
        .isLessThanOrEqualTo(CUSTOMERS + 25L);
  }

  private ImportReport run(int requestsPerSecond, ImportSettings settings) {
    StripeGateway gateway = StripeGateway.builder("sk_test_import")
        .apiBase(URI.create(stripe.url()))
        .requestsPerSecond(requestsPerSecond)
        .wallClock(wallClock)
        .pause(wallClock::advance)
        .random(new Random(7))
        .listener((operation, outcome, nanos) ->
            calls.computeIfAbsent(operation, first -> new LongAdder()).increment())
        .build();
    try (Billing billing = Billing.builder()
        .gateway(gateway)
        .store(store)
        .catalog(ACatalog.withoutTrials())
        .checkoutOrigins()
        .clock(stripe::now)
        .wallClock(wallClock)
        .pause(wallClock::advance)
        .random(new Random(8))
        .workers(0)
        .build()) {
      return billing.imports().provider(CustomerOwners.UNKNOWN, settings);
    }
  }

  private long requests() {
    return calls.values().stream().mapToLong(LongAdder::sum).sum();
  }

  private double seconds() {
    return Duration.between(BEGIN, wallClock.instant()).toMillis() / 1000.0;
  }

  private long stripeRefused() {
    return stripe.refusedForTheirRate();
  }
}
