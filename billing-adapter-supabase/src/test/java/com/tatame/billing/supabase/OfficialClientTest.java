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

  private static String read(LocalSupabase project, String key)
      throws IOException, InterruptedException {
    Process node = new ProcessBuilder("node", "read.mjs", project.url(), key, "users")
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
