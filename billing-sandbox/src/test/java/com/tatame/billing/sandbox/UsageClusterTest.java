package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.StripeSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Several servers count the same units, and are killed while they do. */
@ParameterizedClass
@EnumSource
final class UsageClusterTest {
  private static final int LIMIT = 1_000;
  private static final int MESSAGES = 5;
  private static final int TALKERS = 12;
  private static final int CALLERS = 64;
  // More keys than there are units, so that some are denied.
  private static final int KEYS_EACH = Integer.getInteger("billing.usage.keys", 17);
  private static final int KILLS = 3;
  // Of a size that a build can bear: the servers are asked without a pause until they tell.
  private static final int CHANGES = Integer.getInteger("billing.changes", 4);
  private static final int CUT_EVERY = 4;
  private static final long CACHED = Duration.ofSeconds(1).toNanos();
  private static final Duration MAX_WAIT = Duration.ofMinutes(2);
  private static final String DENIED = "denied";

  private static Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private static StripeSimulator stripe;

  @SuppressWarnings("NullAway.Init")
  private static Backing backing;

  private static final List<ServerProcess> servers = new ArrayList<>();

  @Parameter
  private Durable durable = Durable.ON_POSTGRESQL;

  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicInteger stale = new AtomicInteger();
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  /** For all tests on one store, each of which has a user of its own. */
  @BeforeParameterizedClassInvocation
  static void start(Durable store) throws IOException {
    directory = Worlds.temporaryDirectory();
    stripe = StripeSimulator.builder().start();
    backing = store.open();
    Path catalog =
        Files.writeString(directory.resolve("catalog.yaml"), """
        currency: usd
        defaultTier: free
        tiers:
          free:
            name: Free
            selfService: false
            rank: 0
            features:
              export: { limit: %d, window: lifetime }
              ai_chat: { limit: %d, window: lifetime }
        """.formatted(LIMIT, MESSAGES));
    for (int i = 0; i < 3; i++) {
      servers.add(ServerProcess.unannounced(
          stripe, stripe.url(), backing, Map.of("BILLING_CATALOG", catalog.toString())));
    }
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    servers.forEach(ServerProcess::close);
    servers.clear();
    backing.close();
    stripe.close();
    Worlds.delete(directory);
  }

  @BeforeEach
  void isOnTheStoreThatItNames() {
    assertThat(backing.project().isPresent()).isEqualTo(durable == Durable.ON_SUPABASE);
  }

  /** A client of each server. */
  private static List<ApiClient> clientsOf(String user) {
    return servers.stream()
        .map(server -> ApiClient.of(server).as(server.token(user)))
        .toList();
  }

  @Test
  void aThousandUnitsAreGrantedHoweverManyAskAndWhicheverServerDies() throws Exception {
    List<ApiClient> clients = clientsOf("user_ada");
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    for (int kill = 0; kill < KILLS; kill++) {
      answered.set(0);
      List<Future<?>> calling = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        int number = caller;
        calling.add(callers.submit(() -> callOnceUnderEachKey(clients, number)));
      }
      await().atMost(MAX_WAIT).until(() -> answered.get() > CALLERS * KEYS_EACH / 4);
      ServerProcess dead = servers.get(kill);
      dead.process().kill();
      servers.set(kill, ServerProcess.again(dead, stripe.url(), backing));
      for (Future<?> each : calling) {
        each.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
      }
    }
    callers.shutdown();

    assertThat(lost).as("calls whose server died").hasPositiveValue();
    assertThat(answers).hasSize(CALLERS * KEYS_EACH);
    List<String> granted =
        answers.values().stream().filter(answer -> !answer.equals(DENIED)).toList();
    assertThat(granted).hasSize(LIMIT).doesNotHaveDuplicates();
    Database database = backing.database();
    assertThat(database.query("select amount from usage_tracking where user_id = 'user_ada'"))
        .containsExactly(Integer.toString(LIMIT));
    Set<String> kept =
        new HashSet<>(database.query("select id from consumptions where user_id = 'user_ada'"));
    assertThat(kept).containsExactlyInAnyOrderElementsOf(granted);
    assertThat(clients.get(0).get("/api/v1/entitlements/export").at("/remaining"))
        .isEqualTo("0");
  }

  @Test
  void fiveMessagesOfEachAreStoredAndCountedHoweverManyAreSentAndWhicheverServerDies()
      throws Exception {
    List<List<ApiClient>> clients = new ArrayList<>();
    List<String> conversations = new ArrayList<>();
    for (int talker = 0; talker < TALKERS; talker++) {
      clients.add(clientsOf("user_talks_" + talker));
      conversations.add(clients
          .get(talker)
          .get(0)
          .post("/api/v1/chat/save", message(Optional.empty(), "first"))
          .at("/conversationId"));
    }
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    List<Future<?>> calling = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      int number = caller;
      calling.add(callers.submit(() -> {
        for (int i = 0; i < TALKERS; i++) {
          int talker = (number + i) % TALKERS;
          String key = "said-" + talker + "-" + number;
          String body = message(Optional.of(conversations.get(talker)), key);
          // Twice under one key: the second finds what the first did, whichever server did it.
          String said = say(clients.get(talker), number + i, body, key);
          assertThat(say(clients.get(talker), number + i + 1, body, key))
              .as(key)
              .isEqualTo(said);
          answers.put(key, said);
          answered.incrementAndGet();
        }
      }));
    }
    await().atMost(MAX_WAIT).until(() -> answered.get() > TALKERS * 2);
    ServerProcess dead = servers.get(1);
    dead.process().kill();
    servers.set(1, ServerProcess.again(dead, stripe.url(), backing));
    for (Future<?> each : calling) {
      each.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
    }
    callers.shutdown();

    assertThat(answers).hasSize(CALLERS * TALKERS);
    for (int talker = 0; talker < TALKERS; talker++) {
      String prefix = "said-" + talker + "-";
      assertThat(answers.entrySet())
          .filteredOn(answer -> answer.getKey().startsWith(prefix))
          .extracting(Map.Entry::getValue)
          .filteredOn(said -> !said.equals(DENIED))
          .hasSize(MESSAGES - 1)
          .doesNotHaveDuplicates();
      Database database = backing.database();
      String user = "'user_talks_" + talker + "'";
      assertThat(database.query("select position from ai_messages where conversation_id = '"
              + conversations.get(talker) + "' order by position"))
          .containsExactly("1", "2", "3", "4", "5");
      assertThat(database.query("select amount from usage_tracking where user_id = " + user))
          .containsExactly(Integer.toString(MESSAGES));
      assertThat(database.query("select count(*) from consumptions c join ai_messages m"
              + " on m.consumption_id = c.id where c.user_id = " + user
              + " and c.amount = 1 and c.covered = 1"))
          .containsExactly(Integer.toString(MESSAGES));
    }
  }

  private static String message(Optional<String> conversation, String content) {
    return "{" + conversation.map(id -> "\"conversationId\":\"" + id + "\",").orElse("")
        + "\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}";
  }

  private String say(List<ApiClient> clients, int first, String body, String key) {
    return ask(clients, first, "/api/v1/chat/save", body, key, "/messageIds/0");
  }

  /**
   * The bound of docs/adr/0025: a question that begins a second after a change was answered sees it,
   * also on a server whose connections to the database were cut meanwhile.
   */
  @Test
  void noServerTellsWhatAnotherChangedMoreThanASecondAgo() {
    List<ApiClient> clients = clientsOf("user_bob");
    List<Long> millis = new ArrayList<>();
    for (int change = 1; change <= CHANGES; change++) {
      consume(clients, change, "change-" + change);
      long answered = System.nanoTime();
      if (change % CUT_EVERY == 0) {
        backing
            .database()
            .query("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and pid <> pg_backend_pid()");
      }
      for (ApiClient client : clients) {
        millis.add(Duration.ofNanos(untilSeen(client, change, answered)).toMillis());
      }
    }
    millis.sort(null);
    System.out.println("staleness " + durable + " in ms: median " + millis.get(millis.size() / 2)
        + ", most " + millis.get(millis.size() - 1) + ", of " + millis.size() + "; " + stale
        + " were stale");
    assertThat(stale)
        .as("answers out of date: if no server cached anything, this would show nothing")
        .hasPositiveValue();
  }

  /** How long after the change the first question was asked that saw it. */
  private long untilSeen(ApiClient client, int used, long answered) {
    while (true) {
      long asked = System.nanoTime() - answered;
      Reply reply = client.get("/api/v1/entitlements/export");
      if (reply.status() != 200) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(503);
      } else if (reply.at("/used").equals(Integer.toString(used))) {
        return asked;
      } else {
        assertThat(asked).as("asked after, and answered " + reply.body()).isLessThan(CACHED);
        stale.incrementAndGet();
      }
    }
  }

  /** Under a key that was granted the answer stays the same, on every server. */
  private void callOnceUnderEachKey(List<ApiClient> clients, int caller) {
    for (int i = 0; i < KEYS_EACH; i++) {
      String key = "export-" + caller + "-" + i;
      String answer = consume(clients, caller + i, key);
      String before = answers.put(key, answer);
      if (before != null && !before.equals(answer)) {
        throw new AssertionError(key + " was answered " + before + " and then " + answer);
      }
      answered.incrementAndGet();
    }
  }

  private String consume(List<ApiClient> clients, int first, String key) {
    return ask(clients, first, "/api/v1/entitlements/export/consume", "{}", key, "/consumptionId");
  }

  private String ask(
      List<ApiClient> clients, int first, String path, String body, String key, String answer) {
    for (int attempt = first; ; attempt++) {
      try {
        Reply reply =
            clients.get(attempt % clients.size()).post(path, body, "Idempotency-Key", key);
        if (reply.status() == 200) {
          return reply.at(answer);
        } else if (reply.status() == 402) {
          return DENIED;
        }
        assertThat(reply.status()).as(reply.body()).isEqualTo(503);
      } catch (AssertionError e) {
        if (!(e.getCause() instanceof IOException)) {
          throw e;
        }
        lost.incrementAndGet();
      }
    }
  }
}
