package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.testkit.InMemoryBillingStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class KeysCommandTest {
  private static final Pattern KEY = Pattern.compile("bk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}");

  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private String out = "";
  private String err = "";

  @Test
  void printsANewKeyOnce() {
    assertThat(
            run("keys", "create", "--name", "nightly", "--scope", "account", "--scope", "refunds"))
        .isZero();

    Matcher printed = KEY.matcher(out);
    assertThat(printed.find()).isTrue();
    String secret = printed.group();
    assertThat(printed.find()).isFalse();
    ApiKey key = new ApiKeys(store.apiKeys(), InstantSource.system(), new Random(1)).verify(secret);
    assertThat(key.name()).isEqualTo("nightly");
    assertThat(key.scopes()).containsExactlyInAnyOrder(Scope.ACCOUNT, Scope.REFUNDS);
    assertThat(key.expiresAt()).isEmpty();

    assertThat(run("keys", "list")).isZero();
    assertThat(out)
        .contains(key.id(), "account,refunds", "\"nightly\"", "last used")
        .doesNotContainPattern(KEY);
  }

  @Test
  void aKeyExpiresAfterAsLongAsWasSaid() {
    run("keys", "create", "--name", "n", "--scope", "account,entitlements", "--expires", "P90D");

    Instant end = only().expiresAt().orElseThrow();
    assertThat(Duration.between(Instant.now(), end))
        .isBetween(Duration.ofDays(90).minusMinutes(5), Duration.ofDays(90));
    assertThat(out).contains("expires " + end.toString().substring(0, 10));
  }

  @Test
  void revokesForGood() {
    run("keys", "create", "--name", "n", "--scope", "admin");
    String id = only().id();

    assertThat(run("keys", "revoke", id)).isZero();
    assertThat(out).contains("Revoked " + id).doesNotContainPattern(KEY);
    assertThat(only().revokedAt()).isPresent();
    assertThat(run("keys", "list")).isZero();
    assertThat(out).contains(", revoked ");
  }

  @Test
  void whatCanNotBeUsedIsNamedAndNothingIsMade() {
    assertThat(run("keys", "create", "--name", "n", "--scope", "root")).isNotZero();
    assertThat(err).contains("--scope", "'root'", "webhooks:read");
    assertThat(run("keys", "create", "--name", "n", "--scope", "admin", "--expires", "soon"))
        .isNotZero();
    assertThat(err).contains("--expires", "P90D");
    assertThat(run("keys", "create", "--name", "n", "--scope", "admin", "--expires", "P-1D"))
        .isNotZero();
    assertThat(run("keys", "create", "--scope", "admin")).isNotZero();
    assertThat(err).contains("--name");
    assertThat(run("keys", "revoke", "bk_unknown")).isNotZero();
    assertThat(err).contains("bk_unknown");
    assertThat(run("keys", "list")).isZero();
    assertThat(out).contains("There are no keys.");
  }

  private ApiKey only() {
    return store.apiKeys().list(Optional.empty(), 2).get(0);
  }

  private int run(String... arguments) {
    CommandRun run = CommandRun.of(
        store,
        opened -> {
          throw new AssertionError("keys need no webhooks");
        },
        arguments);
    out = run.out();
    err = run.err();
    return run.status();
  }
}
