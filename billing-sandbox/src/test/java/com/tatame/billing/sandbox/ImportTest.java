package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.server.Main;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.BareAccount;
import com.tatame.billing.testkit.SimulatorControl;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was there before this product is taken over by its own program, from outside. */
final class ImportTest {
  private static final Duration MAX_WAIT = Duration.ofSeconds(90);
  private static final InstantSource WALL = InstantSource.system();

  // The program runs by the wall clock, so the account has to, too.
  private final StripeSimulator stripe =
      StripeSimulator.builder().startAt(WALL.instant()).start();
  private final BareAccount account = new BareAccount(stripe::call, new SimulatorControl(stripe));

  @AfterEach
  void stop() {
    stripe.close();
  }

  @ParameterizedTest
  @EnumSource
  void aBareAccountIsTakenOverAlsoWhenTheProgramIsKilled(Durable store) {
    account.fill(70, List.of(account.price("basic_monthly", 999)), 3);
    try (Backing backing = store.open()) {
      try (ChildProcess killed = start(backing, Map.of(), "stripe", "--rate", "50")) {
        await()
            .atMost(MAX_WAIT)
            .until(() -> isMigrated(backing)
                && backing.database().count("recurring_tasks where position like '25 cus_%'") > 0);
        killed.kill();
      }
      assertThat(backing.database().count("customers")).isLessThan(70);

      List<String> lines = run(backing, Map.of(), "stripe", "--rate", "100");

      assertThat(lines)
          .anyMatch(line -> line.matches("70 customers, of which (25|50) were done.*"));
      new ProviderComparison(stripe, backing.database()).assertMirrored();
      assertThat(backing.database().count("customers")).isEqualTo(70);
      assertThat(backing.database().count("stripe_customer_mapping")).isEqualTo(35);
      assertThat(run(backing, Map.of(), "stripe", "--rate", "100"))
          .anyMatch(line -> line.matches("customers +0 +0 +70 +0"));
    }
  }

  private static boolean isMigrated(Backing backing) {
    return backing.database().count("pg_tables where tablename = 'customers'") > 0
        && backing.database().count("pg_proc where proname = 'introduce_users_v1'") > 0;
  }

  @Test
  void theEarlierTablesAreTakenOverFromTheSameDatabase() {
    try (Backing backing = Backing.postgresql()) {
      earlierTables(backing.database());

      takeOverEarlierTables(backing, Map.of());
    }
  }

  @Test
  void theEarlierTablesAreTakenOverFromAProject() {
    LocalSupabase.require();
    PostgresServer server = PostgresServer.offline();
    Database old = new Database(server);
    LocalSupabase.createRoles(old.jdbcUrl());
    earlierTables(old);
    old.run("grant usage on schema public to service_role;"
        + " grant select on all tables in schema public to service_role");
    try (LocalSupabase project = LocalSupabase.builder(old.jdbcUrl())
            .overSocket(server.sockets(), server.port())
            .withSchema("public")
            .withMaxRows(7)
            .start();
        Backing backing = Backing.postgresql()) {
      takeOverEarlierTables(
          backing,
          Map.of("BILLING_IMPORT_FROM", project.url(), "BILLING_IMPORT_KEY", project.secretKey()));
    }
  }

  private void earlierTables(Database old) {
    String price = account.price("basic_monthly", 999);
    old.run("""
        create table public.stripe_customer_mapping (
          clerk_user_id text primary key, stripe_customer_id text not null, email text);
        create table public.stripe_webhook_events (
          stripe_event_id text primary key, event_type text, processed_at timestamptz, raw_data jsonb)
        """);
    for (int i = 0; i < 12; i++) {
      String customer = account.customer(Map.of("email", "user" + i + "@example.com"));
      account.subscribe(customer, price, BareAccount.PAYS);
      old.run(
          "insert into public.stripe_customer_mapping values ('user_%d', '%s', 'user%d@example.com')"
              .formatted(i, customer, i));
    }
    old.run("insert into public.stripe_customer_mapping values ('user_gone', 'cus_gone', null)");
    for (JsonNode event : stripe.events()) {
      old.run("insert into public.stripe_webhook_events values ('%s', '%s', now(), '%s')"
          .formatted(
              event.path("id").asText(),
              event.path("type").asText(),
              event.toString().replace("'", "''")));
    }
    old.run(
        "insert into public.stripe_webhook_events values ('evt_bare', 'invoice.paid', now(), null)");
  }

  private void takeOverEarlierTables(Backing backing, Map<String, String> from) {
    try (ChildProcess program = start(backing, from, "tatame", "--rate", "100")) {
      assertThat(program.awaitExit(MAX_WAIT)).as("one customer is refused").isEqualTo(1);
      assertThat(program.output())
          .anyMatch(line -> line.matches("links +12 +0 +0 +0"))
          .anyMatch(line -> line.matches("users +13 +0 +0 +0"))
          .anyMatch(line -> line.matches("webhook events +\\d\\d+ +0 +0 +1"))
          .anyMatch(line -> line.startsWith("- refused: cus_gone: the provider has no such"));
    }
    new ProviderComparison(stripe, backing.database()).assertMirrored();
    assertThat(backing.database().query("select email from users where id = 'user_3'"))
        .containsExactly("user3@example.com");
    assertThat(backing.database().count("webhook_events"))
        .isEqualTo(stripe.events().size());

    try (ChildProcess again = start(backing, from, "tatame", "--rate", "100")) {
      assertThat(again.awaitExit(MAX_WAIT)).isEqualTo(1);
      assertThat(again.output()).anyMatch(line -> line.matches("links +0 +0 +12 +0"));
    }
    assertThat(backing.database().count("webhook_events"))
        .isEqualTo(stripe.events().size());
  }

  @Test
  void painTrackersTablesAreTakenOverByItsMapping() {
    String basic = account.price("basic_monthly", 999);
    String ada = account.customer(Map.of());
    account.subscribe(ada, basic, BareAccount.PAYS);
    try (Backing backing = Backing.postgresql()) {
      backing.database().run("""
          create table public.subscriptions (
            id serial primary key, user_id text not null unique, stripe_customer_id text,
            stripe_subscription_id text unique, tier text not null, status text not null);
          create table public.usage_tracking (
            id serial primary key, user_id text not null, usage_type text not null,
            period_start timestamptz not null, period_end timestamptz not null, amount bigint not null,
            unique (user_id, usage_type, period_start));
          insert into public.subscriptions (user_id, stripe_customer_id, stripe_subscription_id, tier, status)
          values ('user_ada', '%s', '%s', 'PRO', 'ACTIVE'), ('user_free', null, null, 'FREE', 'ACTIVE');
          insert into public.usage_tracking (user_id, usage_type, period_start, period_end, amount)
          select 'user_ada', t, date_trunc('month', now(), 'UTC') + m * interval '1 month',
            date_trunc('month', now(), 'UTC') + (m + 1) * interval '1 month', 40
          from unnest(array['PAIN_ENTRY', 'STORAGE']) t, generate_series(-1, 0) m
          """.formatted(ada, subscription(ada)));
      Map<String, String> env = Map.of("BILLING_CATALOG", "../examples/pain-tracker/catalog.yaml");

      for (String expected : List.of("usage +2 +0 +0 +2", "usage +0 +0 +2 +2")) {
        assertThat(run(backing, env, "mapped", "--mapping", "../examples/pain-tracker/import.yaml"))
            .anyMatch(line -> line.matches(expected));
        assertThat(backing
                .database()
                .query("select usage_type || ' ' || amount from usage_tracking order by 1"))
            .containsExactly("pain_entry 40", "storage 40");
      }
      new ProviderComparison(stripe, backing.database()).assertMirrored();
      assertThat(backing
              .database()
              .query("select tier || ' ' || status from subscriptions where user_id = 'user_ada'"))
          .as("what the table says of the tier is not believed")
          .containsExactly("basic active");
    }
  }

  @Test
  void myBeingsTablesAreTakenOverByItsMapping() {
    String premium = account.price("premium_monthly", 3200);
    String ada = account.customer(Map.of());
    account.subscribe(ada, premium, BareAccount.PAYS);
    try (Backing backing = Backing.postgresql()) {
      backing.database().run("""
          create table public."User" (id text primary key, email text, name text);
          create table public."Subscription" (
            id text primary key, "userId" text not null, "stripeSubscriptionId" text,
            "quizzesUsed" integer not null, "articlesUsed" integer not null,
            "currentPeriodStart" timestamp(3) not null, "currentPeriodEnd" timestamp(3) not null);
          create table public."WebhookEvent" (
            id text primary key, "stripeEventId" text not null, payload jsonb);
          insert into public."User" values ('user_ada', 'ada@example.com', 'Ada');
          insert into public."Subscription" values ('c1', 'user_ada', '%s', 1, 2,
            now() at time zone 'UTC' - interval '1 day', now() at time zone 'UTC' + interval '29 days')
          """.formatted(subscription(ada)));
      JsonNode event = stripe.events().get(0);
      backing
          .database()
          .run("insert into public.\"WebhookEvent\" values ('c2', '%s', to_jsonb('%s'::text))"
              .formatted(event.path("id").asText(), event.toString().replace("'", "''")));
      Map<String, String> env = Map.of(
          "BILLING_CATALOG", "../examples/mybeing/catalog.yaml",
          "BILLING_CHECKOUT_URLS", "https://example.com");

      for (String expected : List.of("usage +2 +0 +0 +0", "usage +0 +0 +2 +0")) {
        assertThat(run(backing, env, "mapped", "--mapping", "../examples/mybeing/import.yaml"))
            .anyMatch(line -> line.matches(expected));
        assertThat(backing
                .database()
                .query("select usage_type || ' ' || amount from usage_tracking order by 1"))
            .containsExactly("article 2", "quiz 1");
      }
      new ProviderComparison(stripe, backing.database()).assertMirrored();
      assertThat(backing.database().query("select stripe_customer_id from stripe_customer_mapping"))
          .containsExactly(ada);
      assertThat(backing.database().query("select name from users")).containsExactly("Ada");
      assertThat(backing.database().query("select stripe_event_id from webhook_events"))
          .containsExactly(event.path("id").asText());
    }
  }

  private String subscription(String customer) {
    JsonNode list = Json.read(stripe
        .call(Request.of("GET", "/v1/subscriptions", Map.of("customer", customer)))
        .body());
    return list.at("/data/0/id").asText();
  }

  private List<String> run(Backing backing, Map<String, String> more, String... arguments) {
    try (ChildProcess program = start(backing, more, arguments)) {
      int status = program.awaitExit(MAX_WAIT);
      assertThat(status).as(() -> String.join("\n", program.output())).isZero();
      return program.output();
    }
  }

  private ChildProcess start(Backing backing, Map<String, String> more, String... arguments) {
    Map<String, String> env =
        new HashMap<>(ServerProcess.environment(stripe.url(), backing, Optional.empty()));
    env.putAll(more);
    String[] all = new String[arguments.length + 1];
    all[0] = "import";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return ChildProcess.java(Main.class, env, all);
  }
}
