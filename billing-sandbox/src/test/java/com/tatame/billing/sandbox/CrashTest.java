package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.sandbox.ProviderProxy.Hold;
import com.tatame.billing.simulator.DeliveryAttempt;
import com.tatame.billing.simulator.engine.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The server is killed among events, and none is lost and none takes effect twice. */
@ParameterizedClass
@EnumSource
final class CrashTest extends ServersThatDie {
  private static final int BUYERS = 10;

  CrashTest(Durable durable) {
    super(durable);
  }

  @Test
  void whatWasAcknowledgedTakesEffectOnceHoweverOftenTheServerIsKilled() throws Exception {
    killAmongRenewals(ServerProcess.start(stripe, proxy.url(), backing));
  }

  @Test
  void whatWorkersHadInHandTakesEffectOnceHoweverOftenTheServerIsKilled() throws Exception {
    skipOverSupabaseInABuild();
    assertThat(killAmongRenewals(ServerProcess.ofWorkers(stripe, proxy.url(), backing)))
        .as("events that were acknowledged, but not worked, at a kill")
        .isPositive();
  }

  private long killAmongRenewals(ServerProcess first) throws Exception {
    ServerProcess server = keep(first);
    subscribeMany(server);
    long workInHand = 0;

    for (String move : List.of("P15D", "P1M")) {
      long acknowledged = acknowledged();
      CompletableFuture<Void> renewals = CompletableFuture.runAsync(() -> move(move));
      await()
          .pollInterval(Duration.ofMillis(5))
          .atMost(Duration.ofMinutes(1))
          .until(() -> acknowledged() >= acknowledged + 30);
      server.process().kill();
      workInHand += database.count("webhook_queue");
      renewals.get(60, TimeUnit.SECONDS);
      database.run(END_ALL_LEASES);
      server = keep(ServerProcess.again(server, proxy.url(), backing));
    }

    awaitMirrored();
    provider.assertMirrored();
    provider.assertNoEventIsLost();
    assertThat(database.query("select distinct status from subscriptions"))
        .containsExactly("active");
    return workInHand;
  }

  @Test
  void aServerThatWakesUpAfterAnotherTookItsWorkOverChangesNothing() throws Exception {
    ServerProcess sleeper = keep(ServerProcess.ofWorkers(stripe, proxy.url(), backing));
    String id = new Buyer(sleeper).subscribe("basic", "monthly", Buyer.PAYS);
    awaitMirrored();

    Hold oldTruth = proxy.hold("GET /v1/subscriptions/" + id);
    cancelAtPeriodEnd(id, true);
    oldTruth.awaitAnswered();
    sleeper.process().signal("STOP");
    database.run(END_ALL_LEASES);
    ServerProcess other = keep(ServerProcess.ofWorkers(stripe, stripe.url(), backing));
    cancelAtPeriodEnd(id, false);
    // A claim that was on its way to the database when the sleeper was stopped has a lease of its
    // own.
    await().atMost(Duration.ofMinutes(2)).until(() -> lastEventIsMirrored(false));
    List<String> before = rowsOf(id);

    oldTruth.release();
    sleeper.process().signal("CONT");
    await()
        .atMost(Duration.ofSeconds(20))
        .during(Duration.ofMillis(1500))
        .until(() -> stripe.idle(Duration.ZERO) && rowsOf(id).equals(before));

    provider.assertMirrored();
    provider.assertNoEventIsLost();
    assertThat(ApiClient.of(sleeper).get("/health").at("/status")).isEqualTo("ok");
    assertThat(ApiClient.of(other).get("/health").at("/status")).isEqualTo("ok");
  }

  // What is stored, and not when it was read: a read that comes late is refused by its version, and
  // made anew.
  private List<String> rowsOf(String subscription) {
    return database.query("""
        select concat_ws('|', s.cancel_at_period_end, s.status, s.current_period_end)
        from subscriptions s
        where s.stripe_subscription_id = '%s'""".formatted(subscription));
  }

  // A read that was owed for the event before may tell the same, before the last event is even
  // sent; and one that is owed still changes what was read.
  private boolean lastEventIsMirrored(boolean cancelAtPeriodEnd) {
    return provider.everyEventIsStored()
        && provider.isMirrored()
        && database.count("pending_reads") == 0
        && database
            .query("select cancel_at_period_end from subscriptions")
            .equals(List.of(cancelAtPeriodEnd ? "t" : "f"));
  }

  private void cancelAtPeriodEnd(String id, boolean value) {
    move("PT10S");
    stripe.call(Request.of(
        "POST",
        "/v1/subscriptions/" + id,
        Map.of("cancel_at_period_end", Boolean.toString(value))));
  }

  private void subscribeMany(ServerProcess server) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<String>> bought = new ArrayList<>();
    for (int i = 0; i < BUYERS; i++) {
      String tier = i % 2 == 0 ? "pro" : "basic";
      bought.add(threads.submit(() -> new Buyer(server).subscribe(tier, "monthly", Buyer.PAYS)));
    }
    for (Future<String> one : bought) {
      one.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  private long acknowledged() {
    return stripe.deliveries().stream().filter(DeliveryAttempt::succeeded).count();
  }
}
