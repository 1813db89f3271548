package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.SimulatorControl;
import java.time.Duration;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Several servers on one database, of which one dies every few seconds, and once the database.
 *
 * <p>On PostgreSQL alone: over Supabase's API it is the same functions of the database that settle
 * who wins, and the way there is lost and found by tests of its own.
 *
 * <p>Of a size that a build can bear; {@code -Dbilling.events=20000} makes it a trial by fire.
 */
final class ClusterTest {
  private static final int SERVERS = 3;
  private static final int EVENTS = Integer.getInteger("billing.events", 600);
  private static final int CUSTOMERS = Math.max(30, EVENTS / 40);
  private static final int BLOWS = Math.max(3, EVENTS / 1000);
  private static final int PORTION = EVENTS / (BLOWS + 1);
  private static final long SEED = Long.getLong("seed", new Random().nextLong());
  private static final Duration MAX_WAIT = Duration.ofMinutes(5);
  private static final List<String> CARDS = List.of(Buyer.PAYS, Buyer.PAYS, Buyer.FAILS_AT_RENEWAL);

  // What a dead process has claimed comes back when its lease runs out. These tests don't wait for
  // that.
  private static final String END_LEASES = """
      update claims set lease_until = now() - interval '1 second' where id in (%s)""";

  // As seen from within those transactions by which an event is stored, and by which it takes
  // effect.
  private static final String NOTE_HOW_IT_IS_COMMITTED = """
      create table public.commits_seen (setting text primary key);
      create function public.note_commit() returns trigger language plpgsql as $$
      begin
        insert into public.commits_seen values (current_setting('synchronous_commit'))
        on conflict do nothing;
        return null;
      end $$;
      create trigger note_commit after insert on webhook_events
        for each statement execute function public.note_commit();
      create trigger note_commit after insert or update on subscriptions
        for each statement execute function public.note_commit()""";

  private final Random random = new Random(SEED);
  private final StripeSimulator stripe = StripeSimulator.builder().seed(SEED).start();
  private final SimulatorControl shoppers = new SimulatorControl(stripe);
  private final PostgresServer postgres = PostgresServer.start();
  private final Backing backing = Backing.empty(postgres);
  private final Database database = backing.database();
  private final ProviderComparison provider = new ProviderComparison(stripe, database);
  private final List<ServerProcess> servers = new ArrayList<>();
  private final List<JsonNode> unpublished = new ArrayList<>();
  private int published;
  private long workInHand;

  @BeforeEach
  void startAllAtOnce() {
    Shopfront.open(stripe);
    List<CompletableFuture<ServerProcess>> starting = IntStream.range(0, SERVERS)
        .mapToObj(number -> CompletableFuture.supplyAsync(
            () -> ServerProcess.unannounced(stripe, stripe.url(), backing, whoApplies(number))))
        .toList();
    starting.forEach(server -> servers.add(server.join()));
    database.run(NOTE_HOW_IT_IS_COMMITTED);
  }

  /** Some servers apply events by workers, the others as they store them. */
  private static Map<String, String> whoApplies(int server) {
    return Map.of("BILLING_PROJECT_ON_ARRIVAL", Boolean.toString(server % 2 == 1));
  }

  @AfterEach
  void stop() {
    servers.forEach(ServerProcess::close);
    stripe.close();
  }

  @Test
  void whatOneOfThemAcknowledgedTakesEffectOnceWhicheverDies() {
    System.out.println("seed " + SEED);
    List<String> urls = servers.stream().map(ServerProcess::url).toList();
    try (Postman postman = new Postman(urls, LocalServer.WEBHOOK_SECRET, SEED)) {
      IntStream.range(0, CUSTOMERS).forEach(this::buy);
      for (int blow = 0; blow < BLOWS; blow++) {
        tell(postman);
        awaitAcknowledged(postman, PORTION / 2);
        strike(postman, blow);
      }
      while (!unpublished.isEmpty() || published < EVENTS) {
        tell(postman);
      }
      await().atMost(MAX_WAIT).until(() -> postman.unacknowledged() == 0);
      await().atMost(MAX_WAIT).until(provider::isMirrored);

      System.out.println(
          published + " events, " + BLOWS + " blows, refused: " + postman.refusals());
      assertThat(published).isGreaterThanOrEqualTo(EVENTS);
      assertThat(workInHand)
          .as("events that were acknowledged, but not worked, at a kill")
          .isPositive();
      assertThat(postman.takenAsNew()).doesNotHaveDuplicates();
      assertThat(postman.refusals()).containsOnlyKeys(503);
      provider.assertNoEventIsLost(Set.copyOf(postman.acknowledged()));
      provider.assertMirrored();
      assertThat(database.query("select setting from public.commits_seen")).containsExactly("on");
    }
  }

  private void buy(int number) {
    String customer = created(
        "/v1/customers",
        Map.of(
            "email",
            "buyer" + number + "@example.com",
            "metadata",
            Map.of("billing_account", "user_" + number)));
    String session = created(
        "/v1/checkout/sessions",
        Map.of(
            "mode",
            "subscription",
            "customer",
            customer,
            "line_items",
            List.of(Map.of("price", price(number % 2 == 0 ? "pro" : "basic"), "quantity", "1")),
            "success_url",
            "https://shop.example.com/thanks"));
    assertThat(shoppers.pay(session, CARDS.get(random.nextInt(CARDS.size())))).isTrue();
  }

  private String price(String tier) {
    ApiResponse found = stripe.call(
        Request.of("GET", "/v1/prices", Map.of("lookup_keys", List.of(tier + "_monthly"))));
    return Json.read(found.body()).at("/data/0/id").asText();
  }

  private String created(String path, Map<String, Object> parameters) {
    ApiResponse answer = stripe.call(Request.of("POST", path, parameters));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return Json.read(answer.body()).path("id").asText();
  }

  /** Hands over some of what has happened, of which anything may be late. */
  private void tell(Postman postman) {
    if (unpublished.size() < PORTION && published < EVENTS) {
      stripe.advanceTo(
          stripe.now().atZone(ZoneOffset.UTC).plus(Period.ofMonths(1)).toInstant());
    }
    List<JsonNode> events = stripe.events();
    unpublished.addAll(events.subList(published + unpublished.size(), events.size()));
    Collections.shuffle(unpublished, random);
    List<JsonNode> portion = unpublished.subList(0, Math.min(PORTION, unpublished.size()));
    published += portion.size();
    postman.take(portion);
    portion.clear();
  }

  private static void awaitAcknowledged(Postman postman, int more) {
    int target = postman.acknowledged().size() + more;
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(MAX_WAIT)
        .until(() -> postman.unacknowledged() == 0 || postman.acknowledged().size() >= target);
  }

  private void strike(Postman postman, int blow) {
    if (blow == BLOWS / 2) {
      PostgresServer.Stopped down = postgres.stopImmediately();
      tell(postman);
      await().atMost(MAX_WAIT).until(() -> postman.refusals().containsKey(503));
      down.startAgain();
      endLeases(claims());
    } else {
      int victim = blow % SERVERS;
      ServerProcess server = servers.get(victim);
      server.process().kill();
      workInHand += database.count("webhook_queue");
      List<String> claims = claims();
      servers.set(victim, ServerProcess.again(server, stripe.url(), backing));
      endLeases(claims);
    }
  }

  private List<String> claims() {
    return database.query("select id from claims");
  }

  // By now those who live have settled what they had claimed.
  private void endLeases(List<String> claims) {
    if (!claims.isEmpty()) {
      database.run(END_LEASES.formatted(String.join(",", claims)));
    }
  }
}
