package com.tatame.billing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.apikey.ApiKeyStore;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.apikey.ApiKeys.Created;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SettableClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ApiKeyCacheTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-02T03:04:05Z"));
  private final AtomicLong nanos = new AtomicLong();
  private boolean down;
  private boolean fails;
  private final AtomicInteger lookups = new AtomicInteger();
  private final ApiKeys keys =
      new ApiKeys(counting(new InMemoryBillingStore().apiKeys()), clock, new Random(1));
  private final ApiKeyCache known = new ApiKeyCache(keys, () -> down, clock, nanos::get);
  private final Created created =
      keys.create("test", Set.of(Scope.ACCOUNT), Optional.of(clock.instant().plusSeconds(3600)));

  @Test
  void aGoodKeyIsLookedUpOnceInFiveSeconds() {
    known.verify(created.secret());
    pass(Duration.ofMillis(4_999));
    assertThat(known.verify(created.secret()).id()).isEqualTo(created.key().id());
    assertThat(lookups).hasValue(1);

    pass(Duration.ofMillis(1));
    known.verify(created.secret());
    assertThat(lookups).hasValue(2);
  }

  @Test
  void aKeyThatWasRevokedElsewhereOpensNothingAfterFiveSeconds() {
    known.verify(created.secret());
    keys.revoke(created.key().id());

    pass(Duration.ofMillis(4_999));
    assertThatCode(() -> known.verify(created.secret())).doesNotThrowAnyException();
    pass(Duration.ofMillis(1));
    assertThatThrownBy(() -> known.verify(created.secret())).isInstanceOf(Unauthenticated.class);
  }

  @Test
  void whileTheStoreIsDownAKnownKeyStaysKnownForTenMinutes() {
    known.verify(created.secret());
    down = true;

    pass(ApiKeyCache.MAX_STALE.minusMillis(1));
    assertThat(known.verify(created.secret()).id()).isEqualTo(created.key().id());
    assertThat(lookups).hasValue(1);
    pass(Duration.ofMillis(1));
    known.verify(created.secret());
    assertThat(lookups).hasValue(2);
  }

  @Test
  void lookupThatFailedBeforeTheStoreIsKnownToBeDownForgetsNoKey() {
    known.verify(created.secret());
    pass(ApiKeyCache.GOOD_FOR);
    fails = true;
    assertThatThrownBy(() -> known.verify(created.secret())).isInstanceOf(StoreUnavailable.class);

    down = true;

    assertThat(known.verify(created.secret()).id()).isEqualTo(created.key().id());
  }

  @Test
  void keyThatWasRevokedElsewhereOpensNothingOnceTheStoreIsBack() {
    known.verify(created.secret());
    keys.revoke(created.key().id());
    down = true;
    pass(Duration.ofMinutes(1));
    assertThatCode(() -> known.verify(created.secret())).doesNotThrowAnyException();

    down = false;

    assertThatThrownBy(() -> known.verify(created.secret())).isInstanceOf(Unauthenticated.class);
  }

  @Test
  void useDoesNotProlongIt() {
    known.verify(created.secret());
    keys.revoke(created.key().id());
    for (int second = 1; second <= 4; second++) {
      pass(Duration.ofSeconds(1));
      known.verify(created.secret());
    }
    pass(Duration.ofSeconds(1));
    assertThatThrownBy(() -> known.verify(created.secret())).isInstanceOf(Unauthenticated.class);
  }

  @Test
  void aKeyThatWasRevokedHereOpensNothingAtOnce() {
    known.verify(created.secret());

    known.evict(keys.revoke(created.key().id()).id());

    assertThatThrownBy(() -> known.verify(created.secret())).isInstanceOf(Unauthenticated.class);
  }

  @Test
  void aRememberedKeyExpiresOnTime() {
    clock.advance(Duration.ofSeconds(3599));
    known.verify(created.secret());

    clock.advance(Duration.ofSeconds(1));

    assertThatThrownBy(() -> known.verify(created.secret()))
        .isInstanceOf(Unauthenticated.class)
        .hasMessageContaining("expired");
  }

  @Test
  void aBadKeyIsNeverRemembered() {
    String unknown = created.key().id() + "_" + "A".repeat(43);
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThatThrownBy(() -> known.verify(unknown)).isInstanceOf(Unauthenticated.class);
      assertThat(lookups).hasValue(attempt);
    }
  }

  private void pass(Duration time) {
    clock.advance(time);
    nanos.addAndGet(time.toNanos());
  }

  private ApiKeyStore counting(ApiKeyStore store) {
    return (ApiKeyStore) Proxy.newProxyInstance(
        ApiKeyStore.class.getClassLoader(),
        new Class<?>[] {ApiKeyStore.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("findByHash")) {
            lookups.incrementAndGet();
            if (fails) {
              throw new StoreUnavailable("down");
            }
          }
          return method.invoke(store, arguments);
        });
  }
}
