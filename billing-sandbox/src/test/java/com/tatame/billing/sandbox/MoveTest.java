package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.SimulatorControl;
import com.tatame.billing.testkit.WebhookSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A product that runs in a Supabase project moves to a PostgreSQL by the command line, while events
 * arrive and units are used; it moves back with what was written since, and over once more. The
 * program that moves is killed in the middle of each step.
 */
final class MoveTest {
  private static final long SEED = Long.getLong("seed", new Random().nextLong());
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);
  private static final int CUSTOMERS = 12;
  private static final Duration MORE_LIFE = Duration.ofMillis(100);
  private static final String KILLS = "billing.move.kills";
  private static final String OLD_USERS = """
      insert into users (id, issuer, subject, email)
      select 'user_old_' || i, 'https://issuer.example.com', 'user_old_' || i, i || '@example.com'
      from generate_series(1, 3000) i""";

  @TempDir
  private Path directory;

  private final Random random = new Random(SEED);
  private final StripeSimulator stripe = StripeSimulator.builder().seed(SEED).start();
  private final SimulatorControl shoppers = new SimulatorControl(stripe);
  private final Backing project = Backing.supabase();
  private final Database source = project.database();
  private final Database target = new Database(PostgresServer.shared());
  private final MoveSteps move = MoveSteps.to(target, project);
  private final List<ServerProcess> servers = new ArrayList<>();
  private final List<JsonNode> unpublished = new ArrayList<>();
  private int published;
  private Duration lasts = Duration.ZERO;
  private int kills;

  @BeforeEach
  void start() throws IOException {
    Shopfront.open(stripe);
    move.prepare();
    source.run(OLD_USERS);
    String catalog = Files.readString(Path.of("../examples/tatame/catalog.yaml"))
        .replace("video_reviews: { limit: 2,", "video_reviews: { limit: 1000000,");
    Path file = Files.writeString(directory.resolve("catalog.yaml"), catalog);
    Map<String, String> follows = new HashMap<>(move.environment());
    follows.put("BILLING_CATALOG", file.toString());
    List<CompletableFuture<ServerProcess>> starting = Stream.of(
            follows, follows, Map.of("BILLING_CATALOG", file.toString()))
        .map(more -> CompletableFuture.supplyAsync(
            () -> ServerProcess.unannounced(stripe, stripe.url(), project, more)))
        .toList();
    starting.forEach(server -> servers.add(server.join()));
    IntStream.range(0, CUSTOMERS).forEach(this::buy);
  }

  @AfterEach
  void stop() {
    servers.forEach(ServerProcess::close);
    project.close();
    stripe.close();
  }

  @Test
  void everythingMovesAndMovesBackWhileItIsAtWorkWhicheverStepIsKilled() {
    System.out.println("seed " + SEED);
    List<String> urls = servers.subList(0, 2).stream().map(ServerProcess::url).toList();
    ServerProcess unaware = servers.get(2);
    try (Postman postman = new Postman(urls, LocalServer.WEBHOOK_SECRET, SEED);
        Consumers consumers = new Consumers(servers.subList(0, 2))) {
      tell(postman);
      assertThat(consume(unaware).status()).isEqualTo(200);
      copyAndVerify(postman);

      killedBetweenFreezingAndOpening();
      assertThat(List.of(mode(source), mode(target))).containsExactly("frozen", "standby");
      move.result("cutover", "--yes");
      awaitWrites(consumers, target);
      assertThat(List.of(mode(source), mode(target))).containsExactly("frozen", "open");
      assertRefused(unaware);
      List<String> granted = consumers.keys();
      tell(postman);
      awaitSeen(postman, target);

      killed(process -> mode(target).equals("frozen"), "rollback");
      move.ended(0, "rollback");
      awaitWrites(consumers, source);
      assertThat(List.of(mode(source), mode(target))).containsExactly("open", "frozen");
      assertThat(consume(unaware).status()).isEqualTo(200);
      tell(postman);
      awaitSeen(postman, source);

      consumers.forgetPauses();
      JsonNode clean = move.result("cutover", "--yes");
      awaitWrites(consumers, target);
      System.out.printf(
          "%d kills; a cutover paused %d ms for %d rows, without an answer for %d ms%n",
          kills,
          clean.path("pauseMs").asLong(),
          clean.path("rows").asLong(),
          consumers.pause().toMillis());
      tell(postman);

      granted.forEach(consumers::again);
      assertNothingIsLostOrDoubled(postman, consumers, 2);
      assertThat(kills).isGreaterThanOrEqualTo(3);
      assertThat(servers.get(0).process().output()).anyMatch(line -> line.contains("has switched"));
      move.ended(0, "finish", "--yes");
    }
  }

  /** Takes minutes: {@code -Dbilling.move.kills=50}. */
  @Test
  @EnabledIfSystemProperty(named = KILLS, matches = "\\d+")
  void aMoveEndsRightWhereverItIsKilled() {
    System.out.println("seed " + SEED);
    List<String> urls = servers.subList(0, 2).stream().map(ServerProcess::url).toList();
    try (Postman postman = new Postman(urls, LocalServer.WEBHOOK_SECRET, SEED);
        Consumers consumers = new Consumers(servers.subList(0, 2))) {
      tell(postman);
      long begin = System.nanoTime();
      move.ended(0, "status");
      lasts = Duration.ofNanos(System.nanoTime() - begin);
      repeatedly("copy");
      repeatedly("verify");
      boolean moved = false;
      for (; kills < Integer.getInteger(KILLS) || !moved; moved = !moved) {
        repeatedly(moved ? new String[] {"rollback"} : new String[] {"cutover", "--yes"});
        awaitWrites(consumers, moved ? source : target);
        tell(postman);
      }
      System.out.println(kills + " kills");
      assertNothingIsLostOrDoubled(postman, consumers, 0);
    }
  }

  /** Kills the step at any time of what one lasts, until once it ends before. */
  private void repeatedly(String... step) {
    for (int attempts = 0; ; attempts++) {
      long begin = System.nanoTime();
      ChildProcess process = move.begun(step);
      long life = lasts.toMillis() / 3
          + random.nextLong(lasts.toMillis())
          + attempts * MORE_LIFE.toMillis();
      if (process.endsWithin(Duration.ofMillis(life))) {
        int status = process.awaitExit(MAX_WAIT);
        assertThat(status).as(String.join("\n", process.output())).isZero();
        lasts = Duration.ofNanos(System.nanoTime() - begin);
        return;
      }
      kills++;
      process.kill();
      System.out.println(kills + ": " + step[0] + " was killed after " + life + " ms");
    }
  }

  private void assertNothingIsLostOrDoubled(Postman postman, Consumers consumers, int byOthers) {
    await().atMost(MAX_WAIT).until(() -> unpublished.isEmpty() && postman.unacknowledged() == 0);
    ProviderComparison provider = new ProviderComparison(stripe, target);
    await().atMost(MAX_WAIT).until(provider::isMirrored);
    consumers.finish();

    assertThat(postman.takenAsNew()).doesNotHaveDuplicates();
    assertThat(postman.refusals().keySet()).isSubsetOf(503);
    provider.assertNoEventIsLost(Set.copyOf(postman.acknowledged()));
    provider.assertMirrored();
    consumers.assertAllCountedOnce(target, byOthers);
    assertThat(target.count("users where id like 'user_old_%'")).isEqualTo(3000);
  }

  private void copyAndVerify(Postman postman) {
    assertThat(move.ended(0, "plan"))
        .contains("From supabase to postgres", "users", "Next: run billing migrate copy");
    int items = 2 + random.nextInt(16);
    killed(process -> target.count("move_progress") >= items, "copy");
    move.ended(0, "copy");
    assertThat(move.ended(3, "cutover", "--yes")).contains("Verify first");
    tell(postman);
    killed(
        process -> process.output().stream().anyMatch(line -> line.startsWith("comparing")),
        "verify");
    assertThat(move.result("verify").path("equal").asBoolean()).isTrue();
  }

  private static String mode(Database database) {
    return database.query("select mode from store_state").get(0);
  }

  /** Begins a step, and kills it when it has come so far, unless it has ended before. */
  private void killed(Predicate<ChildProcess> when, String... step) {
    ChildProcess process = move.begun(step);
    await()
        .atMost(MAX_WAIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> !process.isAlive() || when.test(process));
    if (process.isAlive()) {
      kills++;
    }
    process.kill();
  }

  private void killedBetweenFreezingAndOpening() {
    try (Connection connection = DriverManager.getConnection(target.jdbcUrl());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table billing.store_state in share mode");
      killed(process -> mode(source).equals("frozen"), "cutover", "--yes");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until both servers write there. */
  private static void awaitWrites(Consumers consumers, Database database) {
    for (int server = 0; server < 2; server++) {
      int asked = server;
      await()
          .atMost(MAX_WAIT)
          .until(
              () -> database.count("consumptions where id = '" + consumers.once(asked) + "'") == 1);
    }
  }

  private void assertRefused(ServerProcess unaware) {
    Reply consumed = consume(unaware);
    assertThat(consumed.status()).isEqualTo(503);
    assertThat(consumed.code()).isEqualTo("writes_paused");
    assertThat(consumed.header("Retry-After")).isPresent();
    String event = stripe.events().get(0).toString().replace("evt_", "evt_to_the_wrong_one_");
    Reply brought = ApiClient.of(unaware)
        .post(
            "/webhooks/stripe",
            event,
            "Stripe-Signature",
            new WebhookSigner(LocalServer.WEBHOOK_SECRET).header(event, Instant.now()));
    assertThat(brought.status()).isEqualTo(503);
    assertThat(source.count("webhook_events where stripe_event_id like 'evt_to_the_wrong_one_%'"))
        .isZero();
    Reply health = ApiClient.of(unaware).get("/health");
    assertThat(health.at("/status")).isEqualTo("degraded");
    assertThat(health.at("/services/store/mode")).isEqualTo("frozen");
  }

  private static Reply consume(ServerProcess server) {
    return ApiClient.of(server)
        .as(server.token("user_of_the_unaware"))
        .post("/api/v1/entitlements/video_reviews/consume", "{}");
  }

  private static void awaitSeen(Postman postman, Database database) {
    await()
        .atMost(MAX_WAIT)
        .until(() -> postman.unacknowledged() == 0
            && database
                .query("select stripe_event_id from webhook_events")
                .containsAll(postman.acknowledged()));
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
    assertThat(shoppers.pay(session, Buyer.PAYS)).isTrue();
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

  /** A month passes, and all that happens in it is on its way, in any order. */
  private void tell(Postman postman) {
    stripe.advanceTo(
        stripe.now().atZone(ZoneOffset.UTC).plus(Period.ofMonths(1)).toInstant());
    List<JsonNode> events = stripe.events();
    unpublished.addAll(events.subList(published, events.size()));
    published = events.size();
    Collections.shuffle(unpublished, random);
    postman.take(unpublished);
    unpublished.clear();
  }
}
