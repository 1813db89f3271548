package com.tatame.billing.http;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.RequestScope;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.idempotency.IdempotencyStore;
import com.tatame.billing.idempotency.IdempotencyStore.Replay;
import com.tatame.billing.idempotency.IdempotencyStore.Reservation;
import com.tatame.billing.idempotency.IdempotencyStore.Reused;
import com.tatame.billing.idempotency.IdempotencyStore.Running;
import com.tatame.billing.lease.Heartbeats;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays the first answer to a retry with the same idempotency key and body. While the first
 * one runs, its key has a short lease and a heartbeat: if its process dies, a repetition takes over
 * within seconds, and finds what was done by the key that all its commands carry.
 */
final class IdempotentAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(IdempotentAnswers.class);
  private static final AccountId NOBODY = new AccountId("anonymous:clients");
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
  // A question that is still open must be asked again, and a busy server too.
  private static final Set<Integer> NOT_KEPT = Set.of(202, 429);

  private final IdempotencyStore store;
  private final InstantSource wallClock;
  private final RandomGenerator random;
  private final Heartbeats heartbeats;
  private final LongRequests longRequests;
  private final Function<ClientRequest, String> clientAddress;

  /**
   * What is kept of an answer: nothing that opens anything.
   *
   * @param reopens whether the rest is to be read again
   */
  record Kept(String contentType, Map<String, String> headers, String body, boolean reopens) {}

  /** Answers a repeated request for what was not kept, from what was. */
  @FunctionalInterface
  interface Reopening {
    Answer reopen(String keptBody);
  }

  /**
   * Keeps answers in a store.
   *
   * @param heartbeats keep a key with the process that works for it
   * @param clientAddress of a caller who has no account
   */
  IdempotentAnswers(
      IdempotencyStore store,
      InstantSource wallClock,
      RandomGenerator random,
      Heartbeats heartbeats,
      LongRequests longRequests,
      Function<ClientRequest, String> clientAddress) {
    this.store = store;
    this.wallClock = wallClock;
    this.random = random;
    this.heartbeats = heartbeats;
    this.longRequests = longRequests;
    this.clientAddress = clientAddress;
  }

  /** Does the work, and goes on with it if the caller is answered before. */
  CompletableFuture<Answer> inTime(Supplier<Answer> work, Answer late) {
    return longRequests.answer(work, late);
  }

  /** Whose key it is, and as what it is kept. */
  record Slot(AccountId account, String key) {}

  /** The slot of a caller; keys of users and of programs for their accounts never meet. */
  Slot of(Principal caller, String key) {
    requireUsable(key);
    return new Slot(caller.account(), CallerKeys.kept(caller, key));
  }

  /**
   * The slot of a caller who has no account: keys of different addresses never meet. It holds a hash,
   * since the key may open what was answered, and an address is personal.
   */
  Slot of(ClientRequest client, String key) {
    requireUsable(key);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256")
          .digest(InputRules.utf8(clientAddress.apply(client) + "\n" + key));
      return new Slot(NOBODY, HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static void requireUsable(String key) {
    if (!InputRules.idempotencyKey(key)) {
      throw ValidationFailed.of("Idempotency-Key", "must have 1 to 255 printable ASCII characters");
    }
  }

  /**
   * The kept answer, or else a first one.
   *
   * @param fingerprint hash of all that makes a request another request
   * @param first answers, and never throws what the caller is to see
   * @param again reads what was not kept of the first answer
   */
  Answer answer(Slot slot, String fingerprint, Supplier<Answer> first, Reopening again) {
    AccountId account = slot.account();
    String key = slot.key();
    String lease = HexFormat.of().toHexDigits(random.nextLong());
    Reservation reservation =
        store.reserve(account, key, fingerprint, lease, wallClock.instant(), Heartbeats.LEASE);
    if (reservation instanceof Replay replay) {
      return replayed(replay.status(), Json.parse(replay.body(), Kept.class), again)
          .with("Idempotent-Replayed", "true");
    }
    if (reservation instanceof Reused) {
      throw Conflict.idempotencyKeyReused();
    }
    if (reservation instanceof Running) {
      throw underWay();
    }
    Held held = new Held(account, key, lease);
    Answer answer = heartbeats.during(
        (now, leaseTime) -> store.extend(account, key, lease, now, leaseTime),
        () -> keep(held, first));
    return answer.unopened() ? replayed(answer.status(), kept(answer), again) : answer;
  }

  private static Answer replayed(int status, Kept kept, Reopening again) {
    if (!kept.reopens()) {
      return new Answer(status, kept.contentType(), kept.body(), kept.headers());
    }
    Answer reopened = again.reopen(kept.body());
    Map<String, String> headers = new LinkedHashMap<>(kept.headers());
    headers.putAll(reopened.headers());
    return new Answer(status, reopened.contentType(), reopened.body(), headers);
  }

  /** The answer for callers that must ask again. */
  static Conflict underWay() {
    return Conflict.inProgress(
        RETRY_AFTER,
        "The request is under way. Repeat it with the same Idempotency-Key to get its result.");
  }

  /** A key while its request runs. */
  private record Held(AccountId account, String key, String lease) {}

  private Answer keep(Held held, Supplier<Answer> first) {
    Optional<Answer> answer = Optional.empty();
    try {
      answer = Optional.of(
          RequestScope.within(RequestKey.of(held.account().value(), held.key()), first));
      return answer.get();
    } finally {
      end(held, answer);
    }
  }

  // What was done is done: a store that fails now must not turn the answer into an error.
  private void end(Held held, Optional<Answer> answer) {
    try {
      if (answer.filter(IdempotentAnswers::isDefinite).isPresent()) {
        complete(held, answer.get());
      } else if (answer.filter(some -> NOT_KEPT.contains(some.status())).isPresent()) {
        store.release(held.account(), held.key(), held.lease());
      } else {
        // It may have been done in part: the key stands for this request, which may go on with it.
        store.extend(held.account(), held.key(), held.lease(), wallClock.instant(), Duration.ZERO);
      }
    } catch (BillingException e) {
      LOG.warn("An answer could not be kept for its Idempotency-Key", e);
    }
  }

  // What is to be asked again later has no answer yet.
  private static boolean isDefinite(Answer answer) {
    return answer.status() < 500
        && !NOT_KEPT.contains(answer.status())
        && !answer.headers().containsKey("Retry-After");
  }

  private void complete(Held held, Answer answer) {
    String body = Json.text(kept(answer));
    if (!store.complete(
        held.account(), held.key(), held.lease(), answer.status(), body, wallClock.instant())) {
      LOG.info("An Idempotency-Key was taken over by a repetition of its request");
    }
  }

  private static Kept kept(Answer answer) {
    return new Kept(
        answer.contentType(),
        answer.keptHeaders(),
        answer.keptBody().orElse(answer.body()),
        answer.reopens());
  }
}
