package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a project must be like, and what is said where it is not. */
class SetupTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static SupabaseConfig config(LocalSupabase project) {
    return SupabaseConfig.of(project.url(), project.secretKey());
  }

  private static LocalSupabase start(String database) {
    return LocalSupabase.builder(database).withSchema("billing").start();
  }

  @Test
  void aSchemaThatIsNotExposedIsNamed() {
    try (LocalSupabase project =
        LocalSupabase.builder(TestProject.migratedDatabase()).start()) {
      assertThatThrownBy(() -> SupabaseBillingStore.open(config(project)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("schema billing is not exposed");
      assertThat(project.requests()).hasSize(1);
    }
  }

  @Test
  void aProjectWithoutTheMigrationsSaysThatTheyAreMissing() {
    String database = TestProject.emptyDatabase();
    TestProject.run(database, "create schema billing");
    try (LocalSupabase project = start(database)) {
      assertThatThrownBy(() -> SupabaseBillingStore.open(config(project)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("run the migrations");
      assertThat(project.requests()).hasSize(1);
    }
  }

  @Test
  void migrationsThatRanWhileTheApiRanAreSeenByIt() {
    String database = TestProject.emptyDatabase();
    try (LocalSupabase project = start(database)) {
      TestProject.migrate(database);

      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(() -> SupabaseBillingStore.open(config(project)).close());
    }
  }

  @Test
  void missingGrantsAreNamedAtTheStart() {
    String database = TestProject.migratedDatabase();
    TestProject.run(
        database,
        "revoke execute on function billing.claim_events_v1 from service_role",
        "revoke update on billing.commands from service_role");
    try (LocalSupabase project = start(database)) {
      assertThatThrownBy(() -> SupabaseBillingStore.open(config(project)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("can't use: function claim_events_v1, table commands.");
    }
  }

  @Test
  void aSchemaWithoutAnyGrantSaysWhatToGrant() {
    String database = TestProject.migratedDatabase();
    TestProject.run(database, "revoke usage on schema billing from service_role");
    try (LocalSupabase project = start(database)) {
      assertThatThrownBy(() -> SupabaseBillingStore.open(config(project)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("42501")
          .hasMessageContaining("grant it usage of the schema");
    }
  }

  @Test
  void aFunctionThatGoesWhileTheStoreIsOpenIsNamed() {
    String database = TestProject.migratedDatabase();
    try (LocalSupabase project = start(database);
        SupabaseBillingStore store = SupabaseBillingStore.open(config(project))) {
      TestProject.run(database, "alter function billing.find_price_v1 rename to gone_v1");

      assertThatThrownBy(() -> store.products().price("price_1"))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("run the migrations");

      project.reloadSchema();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThatThrownBy(() -> store.products().price("price_1"))
              .isInstanceOf(StoreUnavailable.class)
              .hasMessageContaining("find_price_v1 in the schema billing (PGRST202)"));
      assertThatCode(store::ping).doesNotThrowAnyException();
      assertThatThrownBy(() -> SupabaseBillingStore.open(config(project)))
          .hasMessageContaining("function find_price_v1");
    }
  }

  @Test
  void aKeyThatIsRotatedIsRefusedOnceAndTheNewOneWorks() {
    try (LocalSupabase project = start(TestProject.migratedDatabase());
        SupabaseBillingStore store = SupabaseBillingStore.open(config(project))) {
      store.inbox().ingest(AnEvent.several(1, NOW), NOW);
      project.rotateKeys();
      project.forgetRequests();

      assertThatThrownBy(() -> store.inbox().ingest(AnEvent.several(1, NOW), NOW))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("SUPABASE_SERVICE_ROLE_KEY");

      assertThat(project.requests()).hasSize(1);
      try (SupabaseBillingStore next = SupabaseBillingStore.open(config(project))) {
        assertThat(next.inbox().status().backlog()).isEqualTo(1);
      }
    }
  }

  @Test
  void noCapOnRowsCutsAnAnswer() throws Exception {
    try (LocalSupabase project = LocalSupabase.builder(TestProject.migratedDatabase())
            .withSchema("billing")
            .withMaxRows(20)
            .start();
        SupabaseBillingStore store = SupabaseBillingStore.open(config(project))) {
      assertThat(store.inbox().ingest(AnEvent.several(InboxStore.MAX_CLAIM, NOW), NOW))
          .hasSize(InboxStore.MAX_CLAIM);

      assertThat(
              store.inbox().claim(new ClaimId(1), InboxStore.MAX_CLAIM, NOW, Duration.ofMinutes(1)))
          .hasSize(InboxStore.MAX_CLAIM);
      assertThat(store.inbox().events(EventFilter.ALL, Optional.empty(), 101)).hasSize(101);
      // The cap is there: a plain list of rows is cut.
      HttpResponse<String> cut = get(project, project.secretKey(), "/webhook_events?select=seq");
      assertThat(cut.body().split("seq", -1)).hasSize(21);
    }
  }

  @Test
  void keysForBrowsersSeeNothingAndMayCallNothing() throws Exception {
    String database = TestProject.migratedDatabase();
    // Even where they are granted usage of the schema, as many guides advise.
    TestProject.run(database, "grant usage on schema billing to anon, authenticated");
    try (LocalSupabase project = start(database);
        SupabaseBillingStore store = SupabaseBillingStore.open(config(project))) {
      store.inbox().ingest(AnEvent.several(1, NOW), NOW);

      for (String key : List.of(project.anonKey(), project.publishableKey())) {
        for (String path : List.of("/webhook_events", "/users", "/stripe_webhook_events")) {
          assertThat(get(project, key, path).statusCode()).as(path).isIn(401, 403);
          assertThat(get(project, key, path).body()).doesNotContain("evt_");
        }
        for (String function : RetrySafety.functions()) {
          assertThat(post(project, key, "/rpc/" + function).statusCode())
              .as(function)
              .isIn(401, 403);
        }
      }
    }
  }

  private static HttpResponse<String> get(LocalSupabase project, String key, String path)
      throws IOException, InterruptedException {
    return send(request(project, key, path).header("Accept-Profile", "billing"));
  }

  private static HttpResponse<String> post(LocalSupabase project, String key, String path)
      throws IOException, InterruptedException {
    return send(request(project, key, path)
        .header("Content-Profile", "billing")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString("{\"p\":{}}")));
  }

  private static HttpRequest.Builder request(LocalSupabase project, String key, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(project.url() + "/rest/v1" + path)).header("apikey", key);
    return key.startsWith("sb_") ? request : request.header("Authorization", "Bearer " + key);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }
}
