package com.tatame.billing.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.idempotency.IdempotencyStore;
import com.tatame.billing.idempotency.IdempotencyStore.Fresh;
import com.tatame.billing.idempotency.IdempotencyStore.Replay;
import com.tatame.billing.idempotency.IdempotencyStore.Reservation;
import com.tatame.billing.idempotency.IdempotencyStore.Reused;
import com.tatame.billing.idempotency.IdempotencyStore.Running;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What was answered to requests that carry a key. */
public interface IdempotencyStoreContract extends StoreUnderTest {
  /** For how long an unanswered request counts as running. */
  Duration RUNNING = Duration.ofMinutes(1);

  @Test
  default void aNewKeyIsFresh() {
    assertThat(reserve(Ids.account(), "key", "hash", Ids.morning())).isEqualTo(new Fresh());
  }

  @Test
  default void aKeyWhoseRequestRunsIsRunning() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    begin(account, "key", "hash", now);

    assertThat(reserve(account, "key", "hash", now.plusSeconds(1))).isEqualTo(new Running());
  }

  @Test
  default void aKeyWhoseRequestNeverEndedIsFreshAfterItsLease() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    begin(account, "key", "hash", now);
    Instant later = now.plus(RUNNING).plusSeconds(1);

    assertThat(reserve(account, "key", "hash", later)).isEqualTo(new Fresh());
    assertThat(reserve(account, "key", "hash", later)).isEqualTo(new Running());
  }

  @Test
  default void anAnsweredKeyReplaysItsAnswerForGood() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    String body = "{\"name\":\"柔術 🥋\", \"n\":1.10}\n";
    begin(account, "key", "hash", now);

    complete(account, "key", 201, body, now);

    assertThat(reserve(account, "key", "hash", now)).isEqualTo(new Replay(201, body));
    assertThat(reserve(account, "key", "hash", now.plus(RUNNING).plusSeconds(1)))
        .isEqualTo(new Replay(201, body));
  }

  @Test
  default void aKeyWithAnotherRequestIsReused() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    begin(account, "key", "hash", now);
    assertThat(reserve(account, "key", "other", now)).isEqualTo(new Reused());

    complete(account, "key", 200, "{}", now);

    assertThat(reserve(account, "key", "other", now)).isEqualTo(new Reused());
    assertThat(reserve(account, "key", "hash", now)).isEqualTo(new Replay(200, "{}"));
  }

  @Test
  default void aKeyBelongsToItsAccount() {
    Instant now = Ids.morning();
    AccountId first = Ids.account();
    begin(first, "key", "hash", now);
    complete(first, "key", 200, "{\"secret\":1}", now);

    assertThat(reserve(Ids.account(), "key", "hash", now)).isEqualTo(new Fresh());
  }

  @Test
  default void aReleasedKeyIsFreshAgainAlsoForAnotherRequest() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    begin(account, "key", "hash", now);

    idempotency().release(account, "key", FIRST);

    assertThat(reserve(account, "key", "other", now)).isEqualTo(new Fresh());
  }

  @Test
  default void whoAsksAgainWithItsLeaseStillHoldsTheKey() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    begin(account, "key", "hash", now);

    assertThat(idempotency().reserve(account, "key", "hash", FIRST, now.plusSeconds(1), RUNNING))
        .isEqualTo(new Fresh());
  }

  @Test
  default void aKeyWhoseLeaseIsExtendedStaysRunning() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    begin(account, "key", "hash", now);
    Instant beat = now.plus(RUNNING).minusSeconds(1);

    assertThat(idempotency().extend(account, "key", FIRST, beat, RUNNING)).isTrue();

    assertThat(reserve(account, "key", "hash", now.plus(RUNNING).plusSeconds(1)))
        .isEqualTo(new Running());
    assertThat(reserve(account, "key", "hash", beat.plus(RUNNING).plusSeconds(1)))
        .isEqualTo(new Fresh());
  }

  @Test
  default void whoLostTheLeaseOfAKeyWritesNothing() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    begin(account, "key", "hash", now);
    Instant later = now.plus(RUNNING).plusSeconds(1);
    assertThat(idempotency().reserve(account, "key", "hash", "second", later, RUNNING))
        .isEqualTo(new Fresh());

    assertThat(idempotency().extend(account, "key", FIRST, later.plus(RUNNING), RUNNING))
        .isFalse();
    assertThat(complete(account, "key", 500, "late", later)).isFalse();
    idempotency().release(account, "key", FIRST);

    assertThat(reserve(account, "key", "hash", later)).isEqualTo(new Running());
    assertThat(reserve(account, "key", "hash", later.plus(RUNNING).minusSeconds(1)))
        .isEqualTo(new Running());
    assertThat(idempotency().complete(account, "key", "second", 201, "{}", later))
        .isTrue();
    assertThat(reserve(account, "key", "hash", later)).isEqualTo(new Replay(201, "{}"));
  }

  @Test
  default void aKeyThatIsAnsweredOrUnknownHasNoLeaseToExtend() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    assertThat(idempotency().extend(account, "key", FIRST, now, RUNNING)).isFalse();
    assertThat(complete(account, "key", 200, "{}", now)).isFalse();
    begin(account, "key", "hash", now);
    assertThat(complete(account, "key", 200, "{}", now)).isTrue();

    assertThat(idempotency().extend(account, "key", FIRST, now, RUNNING)).isFalse();
    idempotency().release(account, "key", FIRST);

    assertThat(reserve(account, "key", "hash", now)).isEqualTo(new Replay(200, "{}"));
  }

  @Test
  default void keysFromBeforeArePruned() {
    Instant now = Ids.morning();
    idempotency().prune(now);
    AccountId account = Ids.account();
    for (String key : List.of("old", "older")) {
      begin(account, key, "hash", now);
      complete(account, key, 200, "{}", now);
    }
    begin(account, "young", "hash", now.plusSeconds(10));
    complete(account, "young", 200, "{}", now.plusSeconds(10));

    assertThat(idempotency().prune(now.plusSeconds(5))).isEqualTo(2);

    assertThat(reserve(account, "old", "hash", now.plusSeconds(11))).isEqualTo(new Fresh());
    assertThat(reserve(account, "young", "hash", now.plusSeconds(11)))
        .isEqualTo(new Replay(200, "{}"));
  }

  @Test
  default void ofManyConcurrentRequestsWithOneKeyOneIsFresh() throws Exception {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    int callers = 16;
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<Reservation>> answers = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        answers.add(threads.submit(() -> {
          start.await();
          return reserve(account, "key", "hash", now);
        }));
      }
      start.countDown();
      List<Reservation> seen = new ArrayList<>();
      for (Future<Reservation> answer : answers) {
        seen.add(answer.get(60, SECONDS));
      }
      assertThat(seen).filteredOn(new Fresh()::equals).hasSize(1);
      assertThat(seen).filteredOn(new Running()::equals).hasSize(callers - 1);
    } finally {
      threads.shutdownNow();
    }
  }

  private IdempotencyStore idempotency() {
    return store().idempotency();
  }

  /** The first caller to reserve a key in a test. */
  String FIRST = "first";

  private Reservation begin(AccountId account, String key, String hash, Instant now) {
    return idempotency().reserve(account, key, hash, FIRST, now, RUNNING);
  }

  /** By another caller each time. */
  private Reservation reserve(AccountId account, String key, String hash, Instant now) {
    return idempotency().reserve(account, key, hash, Ids.next("lease"), now, RUNNING);
  }

  private boolean complete(AccountId account, String key, int status, String body, Instant now) {
    return idempotency().complete(account, key, FIRST, status, body, now);
  }
}
