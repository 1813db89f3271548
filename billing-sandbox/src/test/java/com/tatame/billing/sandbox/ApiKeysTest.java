package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.server.Main;
import com.tatame.billing.simulator.StripeSimulator;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A key that the command line makes, on a server that runs elsewhere. */
@ParameterizedClass
@EnumSource
final class ApiKeysTest {
  private static final Pattern KEY = Pattern.compile("(bk_[0-9a-f]{16})_([A-Za-z0-9_-]{43})");

  private final Backing backing;

  ApiKeysTest(Durable durable) {
    backing = durable.open();
  }

  @AfterEach
  void close() {
    backing.close();
  }

  @Test
  void aKeyOfTheCommandLineOpensARunningServerUntilItIsRevoked() {
    try (StripeSimulator stripe = StripeSimulator.builder().start()) {
      Map<String, String> env = ServerProcess.environment(stripe.url(), backing, Optional.empty());
      String key;
      try (ChildProcess create = ChildProcess.java(
          Main.class, env, "keys", "create", "--name", "backend", "--scope", "account")) {
        key = create.awaitLine(KEY).group();
        assertThat(create.awaitExit(Duration.ofSeconds(60))).isZero();
      }
      String secret = key.substring(20);
      try (ServerProcess server = ServerProcess.start(stripe, stripe.url(), backing)) {
        ApiClient program = ApiClient.of(server).as(key);
        assertThat(entitlements(program).at("/accountId")).isEqualTo("user_served");
        assertThat(program.get("/api/v1/webhooks/status").code()).isEqualTo("forbidden");

        try (ChildProcess revoke =
            ChildProcess.java(Main.class, env, "keys", "revoke", key.substring(0, 19))) {
          assertThat(revoke.awaitExit(Duration.ofSeconds(60))).isZero();
          assertThat(String.join("\n", revoke.output())).doesNotContain(secret);
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> entitlements(program).status() == 401);

        assertThat(String.join("\n", server.process().output()))
            .contains("\"route\":\"/api/v1/entitlements\"")
            .doesNotContain(secret);
      }
      assertThat(backing.database().query("select api_keys::text from api_keys"))
          .singleElement()
          .asString()
          .contains("backend")
          .doesNotContain(secret);
    }
  }

  private static Reply entitlements(ApiClient program) {
    return program.get("/api/v1/entitlements", "X-Account-Id", "user_served");
  }
}
