package com.tatame.billing.http;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.idempotency.IdempotencyStore;
import com.tatame.billing.idempotency.IdempotencyStore.Replay;
import com.tatame.billing.idempotency.IdempotencyStore.Reservation;
import com.tatame.billing.idempotency.IdempotencyStore.Reused;
import com.tatame.billing.idempotency.IdempotencyStore.Running;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the first answer again to whoever repeats a POST with the same key and body. */
final class IdempotentAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(IdempotentAnswers.class);
  private static final Duration LEASE = Duration.ofMinutes(2);
  // A question that is still open must be asked again, and a busy server too.
  private static final Set<Integer> NOT_KEPT = Set.of(202, 429);

  private final IdempotencyStore store;
  private final InstantSource wallClock;

  /** What is kept of an answer. */
  record Kept(String contentType, Map<String, String> headers, String body) {}

  IdempotentAnswers(IdempotencyStore store, InstantSource wallClock) {
    this.store = store;
    this.wallClock = wallClock;
  }

  /**
   * The kept answer, or else a first one.
   *
   * @param fingerprint hash of all that makes a request another request
   * @param first answers, and never throws what the caller is to see
   */
  Answer answer(AccountId account, String key, String fingerprint, Supplier<Answer> first) {
    if (!Texts.idempotencyKey(key)) {
      throw ValidationFailed.of("Idempotency-Key", "must have 1 to 255 printable ASCII characters");
    }
    Reservation reservation = store.reserve(account, key, fingerprint, wallClock.instant(), LEASE);
    if (reservation instanceof Replay replay) {
      Kept kept = Json.parse(replay.body(), Kept.class);
      return new Answer(replay.status(), kept.contentType(), kept.body(), kept.headers())
          .with("Idempotent-Replayed", "true");
    }
    if (reservation instanceof Reused) {
      throw Conflict.idempotencyKeyReused();
    }
    if (reservation instanceof Running) {
      throw Conflict.because(
          "The first request with this Idempotency-Key is still running. Repeat it later.");
    }
    return keep(account, key, first);
  }

  private Answer keep(AccountId account, String key, Supplier<Answer> first) {
    boolean kept = false;
    try {
      Answer answer = first.get();
      if (answer.status() < 500 && !NOT_KEPT.contains(answer.status())) {
        String body = Json.text(new Kept(
            answer.contentType(), answer.headers(), answer.keptBody().orElse(answer.body())));
        kept = complete(account, key, answer.status(), body);
      }
      return answer;
    } finally {
      if (!kept) {
        release(account, key);
      }
    }
  }

  // What was done is done: a store that fails now must not turn the answer into an error.
  private boolean complete(AccountId account, String key, int status, String body) {
    try {
      store.complete(account, key, status, body, wallClock.instant());
    } catch (BillingException e) {
      LOG.warn("An answer could not be kept for its Idempotency-Key", e);
    }
    return true;
  }

  private void release(AccountId account, String key) {
    try {
      store.release(account, key);
    } catch (BillingException e) {
      LOG.warn("An Idempotency-Key stays reserved until its lease ends", e);
    }
  }
}
