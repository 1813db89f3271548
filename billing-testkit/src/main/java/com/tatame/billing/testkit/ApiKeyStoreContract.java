package com.tatame.billing.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeyStore;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Who may call by key. */
public interface ApiKeyStoreContract extends StoreUnderTest {
  /** How often a use is noted. */
  Duration MINUTE = Duration.ofMinutes(1);

  @Test
  default void aKeyIsFoundByItsHashAlone() {
    ApiKey key = added(Ids.morning());

    assertThat(apiKeys().findByHash(hash(key))).contains(key);
    assertThat(apiKeys().findByHash(key.id())).isEmpty();
    assertThat(apiKeys().findByHash(hash(key).toUpperCase(Locale.ROOT))).isEmpty();
    assertThat(apiKeys().findByHash("")).isEmpty();
    assertThat(apiKeys().find(key.id())).contains(key);
    assertThat(apiKeys().find(hash(key))).isEmpty();
  }

  @Test
  default void aKeyComesBackAsItWasAdded() {
    Instant now = Ids.morning();
    ApiKey key = new ApiKey(
        Ids.next("bk"),
        "柔術 🥋 \"quoted\", {braced}",
        Set.of(Scope.values()),
        now,
        Optional.of(now.plus(Duration.ofDays(90))),
        Optional.of(now.plusSeconds(1)),
        Optional.of(now.plusSeconds(2)));
    apiKeys().add(key, hash(key), AnAuditEntry.any());

    assertThat(apiKeys().find(key.id())).contains(key);
  }

  @Test
  default void noTwoKeysShareAnIdOrAHash() {
    Instant now = Ids.morning();
    ApiKey key = added(now);
    ApiKey other = key(now);

    assertThatThrownBy(() -> apiKeys().add(key, hash(other), AnAuditEntry.any()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> apiKeys().add(other, hash(key), AnAuditEntry.any()))
        .isInstanceOf(IllegalStateException.class);

    assertThat(apiKeys().findByHash(hash(key))).contains(key);
    assertThat(apiKeys().find(other.id())).isEmpty();
  }

  @Test
  default void keysAreListedNewestFirstPageByPage() {
    Instant now = Ids.morning();
    ApiKey oldest = added(now);
    ApiKey old = added(now.plusSeconds(1));
    ApiKey twin = added(now.plusSeconds(1));
    ApiKey start = added(now.plusSeconds(2));
    ApiKey revoked =
        apiKeys().revoke(old.id(), now.plusSeconds(3), AnAuditEntry.any()).orElseThrow();

    assertThat(apiKeys().list(Optional.of(start.id()), 3)).containsExactly(revoked, twin, oldest);
    assertThat(apiKeys().list(Optional.of(start.id()), 1)).containsExactly(revoked);
    assertThat(apiKeys().list(Optional.of(old.id()), 1)).containsExactly(twin);
    assertThat(apiKeys().list(Optional.of(Ids.next("bk")), 3)).isEmpty();
    assertThat(apiKeys().list(Optional.empty(), 101)).contains(start);
  }

  @Test
  default void aRevokedKeyIsFoundAsRevoked() {
    Instant now = Ids.morning();
    ApiKey key = added(now);

    Optional<ApiKey> revoked = apiKeys().revoke(key.id(), now.plusSeconds(5), AnAuditEntry.any());

    assertThat(revoked.flatMap(ApiKey::revokedAt)).contains(now.plusSeconds(5));
    assertThat(apiKeys().findByHash(hash(key))).isEqualTo(revoked);
    assertThat(apiKeys().find(key.id())).isEqualTo(revoked);
  }

  @Test
  default void theFirstRevocationCounts() {
    Instant now = Ids.morning();
    ApiKey key = added(now);
    Optional<ApiKey> first = apiKeys().revoke(key.id(), now.plusSeconds(5), AnAuditEntry.any());

    assertThat(apiKeys().revoke(key.id(), now.plusSeconds(9), AnAuditEntry.any()))
        .isEqualTo(first);
    assertThat(apiKeys().find(key.id())).isEqualTo(first);
  }

  @Test
  default void whatIsNotThereIsNotRevoked() {
    assertThat(apiKeys().revoke(Ids.next("bk"), Ids.morning(), AnAuditEntry.any()))
        .isEmpty();
  }

  @Test
  default void aUseIsNotedOnceInAnInterval() {
    Instant now = Ids.morning();
    ApiKey key = added(now);

    apiKeys().noteUse(key.id(), now, MINUTE);
    apiKeys().noteUse(key.id(), now.plusSeconds(59), MINUTE);
    assertThat(lastUse(key)).contains(now);

    apiKeys().noteUse(key.id(), now.plus(MINUTE), MINUTE);
    apiKeys().noteUse(key.id(), now, MINUTE);
    assertThat(lastUse(key)).contains(now.plus(MINUTE));
  }

  @Test
  default void theUseOfWhatIsNotThereIsNotNoted() {
    String id = Ids.next("bk");

    apiKeys().noteUse(id, Ids.morning(), MINUTE);

    assertThat(apiKeys().find(id)).isEmpty();
  }

  @Test
  default void ofManyConcurrentUsesOneIsNoted() throws Exception {
    Instant now = Ids.morning();
    ApiKey key = added(now);
    apiKeys().noteUse(key.id(), now, MINUTE);
    int callers = 8;
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<Optional<Instant>>> seen = new ArrayList<>();
      for (int caller = 1; caller <= callers; caller++) {
        Instant used = now.plus(MINUTE).plusSeconds(caller);
        seen.add(threads.submit(() -> {
          start.await();
          apiKeys().noteUse(key.id(), used, MINUTE);
          return lastUse(key);
        }));
      }
      start.countDown();
      Set<Instant> noted = new HashSet<>();
      for (Future<Optional<Instant>> one : seen) {
        noted.add(one.get(60, SECONDS).orElseThrow());
      }
      assertThat(noted).hasSize(1).doesNotContain(now);
    } finally {
      threads.shutdownNow();
    }
  }

  private ApiKeyStore apiKeys() {
    return store().apiKeys();
  }

  private ApiKey added(Instant now) {
    ApiKey key = key(now);
    apiKeys().add(key, hash(key), AnAuditEntry.any());
    return key;
  }

  private static ApiKey key(Instant now) {
    return new ApiKey(
        Ids.next("bk"),
        "backend",
        Set.of(Scope.ACCOUNT, Scope.WEBHOOKS_READ),
        now,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static String hash(ApiKey key) {
    return "hash_of_" + key.id();
  }

  private Optional<Instant> lastUse(ApiKey key) {
    return apiKeys().find(key.id()).flatMap(ApiKey::lastUsedAt);
  }
}
