package com.tatame.billing.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.IdentityUnavailable;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.testkit.SettableClock;
import com.tatame.billing.testkit.TestIssuer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KeyRotationTest {
  private static final String URL = "https://clerk.example.com";
  private static final SettableClock CLOCK =
      new SettableClock(Instant.parse("2026-03-01T09:00:00Z"));
  private static final TestIssuer OLD = TestIssuer.create(URL, CLOCK);
  private static final TestIssuer NEW = TestIssuer.create(URL, CLOCK);

  private String published = OLD.jwks();
  private boolean reachable = true;
  private int fetches;
  private final ClerkVerifier verifier = ClerkVerifier.byKeySet(
      new ClerkConfig(URL, Set.of(), AdministratorRule.none()), this::fetch, CLOCK);

  @Test
  void keysAreFetchedOnceForManyTokens() {
    verifies(OLD, "user_1");
    verifies(OLD, "user_2");

    assertThat(fetches).isEqualTo(1);
  }

  @Test
  void keysAreFetchedAgainWhenTheyAreOld() {
    verifies(OLD, "user_1");
    CLOCK.advance(CachedKeySet.FRESH);
    verifies(OLD, "user_2");

    assertThat(fetches).isEqualTo(2);
  }

  @Test
  void anUnknownKeyIsLookedForOnce() {
    verifies(OLD, "user_1");
    published = NEW.jwks();
    CLOCK.advance(CachedKeySet.BETWEEN_FETCHES);

    verifies(NEW, "user_1");
    refuses(OLD, "user_2");

    assertThat(fetches).isEqualTo(2);
  }

  @Test
  void unknownKeysCanNotMakeItFetchWithoutEnd() {
    verifies(OLD, "user_1");
    for (int i = 0; i < 100; i++) {
      refuses(NEW, "user_" + i);
    }
    assertThat(fetches).isEqualTo(1);

    CLOCK.advance(CachedKeySet.BETWEEN_FETCHES);
    for (int i = 0; i < 100; i++) {
      refuses(NEW, "user_" + i);
    }
    assertThat(fetches).isEqualTo(2);
  }

  @Test
  void theLastKeysStayWhileTheyCanNotBeFetched() {
    verifies(OLD, "user_1");
    reachable = false;
    CLOCK.advance(Duration.ofDays(2));

    verifies(OLD, "user_2");
    assertThat(verifier.ready()).isTrue();
  }

  @Test
  void aSetWithoutUsableKeysReplacesNothing() {
    verifies(OLD, "user_1");
    for (String broken : new String[] {"{\"keys\":[]}", "<html>", "{}"}) {
      published = broken;
      CLOCK.advance(CachedKeySet.FRESH);

      verifies(OLD, "user_2");
    }
  }

  @Test
  void withoutAnyKeyItIsNotReadyAndBelievesNobody() {
    reachable = false;

    assertThat(verifier.ready()).isFalse();
    assertThatThrownBy(() -> verifier.verify(OLD.sessionToken("user_1").sign()))
        .isInstanceOfSatisfying(
            IdentityUnavailable.class,
            failure -> assertThat(failure.retryAfter()).isEqualTo(CachedKeySet.BETWEEN_FETCHES));
    assertThatThrownBy(() -> verifier.verify("nonsense")).isInstanceOf(Unauthenticated.class);

    reachable = true;
    CLOCK.advance(CachedKeySet.BETWEEN_FETCHES);
    assertThat(verifier.ready()).isTrue();
    verifies(OLD, "user_1");
  }

  private String fetch() throws IOException {
    fetches++;
    if (!reachable) {
      throw new IOException("unreachable");
    }
    return published;
  }

  private void verifies(TestIssuer issuer, String user) {
    assertThat(verifier.verify(issuer.sessionToken(user).sign()).subject()).isEqualTo(user);
  }

  private void refuses(TestIssuer issuer, String user) {
    assertThatThrownBy(() -> verifier.verify(issuer.sessionToken(user).sign()))
        .isInstanceOf(Unauthenticated.class);
  }
}
