package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What an application's own Supabase client makes of what the adapter wrote. */
class OfficialClientTest {
  private static final Path CLIENT = Path.of("../test-tools/supabase-js");

  @Test
  void readsItWithTheServiceKeyAndNothingWithTheKeyForBrowsers() throws Exception {
    requireClient();
    try (LocalSupabase project = LocalSupabase.builder(TestProject.migratedDatabase())
            .withSchema("billing")
            .start();
        SupabaseBillingStore store =
            SupabaseBillingStore.open(SupabaseConfig.of(project.url(), project.secretKey()))) {
      store
          .customers()
          .rememberUser(new Principal(
              new AccountId("user_ada"),
              "https://issuer.example.com",
              "user_ada",
              Optional.of("ada@example.com"),
              Optional.empty(),
              false));

      // The client sends its key twice, also as a bearer token, which the newer keys are not; some
      // gateways look over that, the one here is strict.
      assertThat(read(project, project.serviceRoleKey())).contains("user_ada", "ada@example.com");
      assertThat(read(project, project.anonKey())).doesNotContain("ada").contains("42501");
    }
  }

  @Test
  void embedsSubscriptionsWithTheirProducts() throws Exception {
    requireClient();
    String database = TestProject.migratedDatabase();
    TestProject.run(database, """
        set search_path = billing;
        insert into users (id, issuer, subject) values ('user_ada', 'issuer', 'user_ada');
        insert into stripe_customer_mapping (user_id, stripe_customer_id, created_at)
          values ('user_ada', 'cus_1', now());
        insert into customers (id, delinquent, created_at, as_of, source)
          values ('cus_1', false, now(), now(), 'read');
        insert into products (id, name, active, metadata, created_at, as_of, source)
          values ('prod_1', 'Pro', true, '{}', now(), now(), 'read');
        insert into prices (id, product_id, active, currency, unit_amount, metadata, created_at, as_of, source)
          values ('price_1', 'prod_1', true, 'usd', 2499, '{}', now(), now(), 'read');
        insert into subscriptions (stripe_subscription_id, stripe_customer_id, user_id, status, items,
            current_period_start, current_period_end, cancel_at_period_end, created_at, as_of, source)
          values ('sub_1', 'cus_1', 'user_ada', 'active', '[{"price_id": "price_1"}]',
            now(), now(), false, now(), now(), 'read');
        insert into stripe_invoices (stripe_invoice_id, stripe_customer_id, status, currency, total, amount_due,
            amount_paid, attempt_count, period_start, period_end, created_at, as_of, source)
          values ('in_1', 'cus_1', 'paid', 'usd', 2499, 2499, 2499, 1, now(), now(), now(), now(), 'read');
        """);
    try (LocalSupabase project =
        LocalSupabase.builder(database).withSchema("billing").start()) {
      String key = project.serviceRoleKey();

      assertThat(read(project, key, "users", "id,subscriptions(status,products(name))"))
          .isEqualTo("{\"data\":[{\"id\":\"user_ada\",\"subscriptions\":"
              + "[{\"status\":\"active\",\"products\":{\"name\":\"Pro\"}}]}],\"error\":null}\n");
      assertThat(read(project, key, "users", shownInTheGuide())).contains("\"name\":\"Pro\"");
      assertThat(read(project, key, "stripe_customers", "id,subscriptions(users(id))"))
          .contains("\"subscriptions\":[{\"users\":{\"id\":\"user_ada\"}}]");
      assertThat(read(project, key, "subscriptions", "prices(products(name))"))
          .contains("{\"prices\":{\"products\":{\"name\":\"Pro\"}}}");
      assertThat(read(project, key, "products", "name,prices(id)"))
          .contains("{\"name\":\"Pro\",\"prices\":[{\"id\":\"price_1\"}]}");
      assertThat(read(project, key, "users", "stripe_invoices(customer_id,amount)"))
          .contains("\"customer_id\":\"cus_1\"", "\"amount\":2499");
      assertThat(read(project, project.anonKey(), "users", "id,subscriptions(status)"))
          .contains("42501");
    }
  }

  private static String shownInTheGuide() throws IOException {
    Matcher shown = Pattern.compile("\\.from\\('users'\\)\\.select\\('([^']+)'\\)")
        .matcher(Files.readString(Path.of("../docs/stores.md")));
    assertThat(shown.find()).isTrue();
    return shown.group(1);
  }

  private static String read(LocalSupabase project, String key)
      throws IOException, InterruptedException {
    return read(project, key, "users", "*");
  }

  private static String read(LocalSupabase project, String key, String table, String columns)
      throws IOException, InterruptedException {
    Process node = new ProcessBuilder("node", "read.mjs", project.url(), key, table, columns)
        .directory(CLIENT.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    String answer = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).isZero();
    return answer;
  }

  private static void requireClient() {
    boolean there = Files.isDirectory(CLIENT.resolve("node_modules/@supabase/supabase-js"));
    String missing =
        "The client is not there: run npm ci --ignore-scripts in test-tools/supabase-js";
    if (!there && System.getenv("CI") != null) {
      fail(missing);
    }
    assumeTrue(there, missing);
  }
}
