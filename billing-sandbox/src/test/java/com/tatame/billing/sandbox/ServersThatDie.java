package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tatame.billing.simulator.StripeSimulator;
import java.time.Duration;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Servers that a test ends, and what outlives them; anew for each test. */
abstract class ServersThatDie {
  // What a dead process has claimed comes back when its lease runs out. These tests don't wait for
  // that.
  static final String END_ALL_LEASES = """
      update claims set lease_until = now() - interval '1 second';
      update commands set lease_until = now() - interval '1 second' where lease_until is not null""";

  final StripeSimulator stripe = StripeSimulator.builder()
      .webhookConcurrency(4)
      .webhookTimeout(Duration.ofSeconds(2))
      .start();
  final ProviderProxy proxy = new ProviderProxy(stripe.url(), Duration.ofMillis(25));
  final Backing backing;
  final Database database;
  final ProviderComparison provider;
  private final Durable durable;
  private final List<AutoCloseable> started;

  ServersThatDie(Durable durable) {
    this.durable = durable;
    backing = durable.open();
    database = backing.database();
    provider = new ProviderComparison(stripe, database);
    started = new ArrayList<>(List.of(backing, proxy, stripe));
  }

  @BeforeEach
  void sellTheCatalog() {
    Shopfront.open(stripe);
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = started.size() - 1; i >= 0; i--) {
      started.get(i).close();
    }
  }

  /** The same functions of the database settle it on both, so a build looks at PostgreSQL alone. */
  final void skipOverSupabaseInABuild() {
    assumeTrue(
        durable == Durable.ON_POSTGRESQL || Boolean.getBoolean("billing.deaths.all"),
        "only with -Dbilling.deaths.all=true, as in -Pnightly");
  }

  final void move(String amount) {
    stripe.advanceTo(
        amount.startsWith("PT")
            ? stripe.now().plus(Duration.parse(amount))
            : stripe.now().atZone(ZoneOffset.UTC).plus(Period.parse(amount)).toInstant());
  }

  final void awaitMirrored() throws InterruptedException {
    assertThat(stripe.idle(Duration.ofSeconds(60)))
        .as(() -> "waiting: " + stripe.deliveries())
        .isTrue();
    await().atMost(Duration.ofSeconds(60)).until(provider::isMirrored);
  }

  final <T extends AutoCloseable> T keep(T part) {
    started.add(part);
    return part;
  }
}
