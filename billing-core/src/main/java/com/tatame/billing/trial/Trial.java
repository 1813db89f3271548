package com.tatame.billing.trial;

import com.tatame.billing.account.AccountId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A trial, and what is known of whether it is a person's first.
 *
 * @param account whose customer it is, if it has an account
 * @param family of plans; once it is known
 * @param startedAt by the provider's clock
 * @param repeats by what it is known to be a second one: {@code account}, {@code email}, {@code
 *     card}, {@code tax_id}
 * @param lookAt when it is checked again, wall time; empty once nothing can change
 * @param foundAt when it showed that it is a second one, wall time
 * @param endedAt when it was ended for that, wall time
 */
public record Trial(
    String subscriptionId,
    String customerId,
    Optional<AccountId> account,
    Optional<String> family,
    Instant startedAt,
    Status status,
    List<String> repeats,
    Optional<Instant> lookAt,
    Optional<Instant> foundAt,
    Optional<Instant> endedAt) {

  private static final Duration SOONEST = Duration.ofMinutes(1);
  private static final Duration LATEST = Duration.ofHours(6);

  /** How far it got. */
  public enum Status {
    /** It may still show to be a second one, such as by a card that is added later. */
    WATCHED,
    /** It is a second one, and goes on. */
    ALERTED,
    /** It was a second one, and was ended. */
    ENDED,
    /** It has ended by itself. */
    OVER;

    /** The name on the wire, lower case. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Trial {
    repeats = List.copyOf(repeats);
  }

  /** One that begins. */
  static Trial started(TrialStore.Started trial, Instant now) {
    return new Trial(
        trial.subscriptionId(),
        trial.customerId(),
        Optional.empty(),
        Optional.empty(),
        trial.startedAt(),
        Status.WATCHED,
        List.of(),
        Optional.of(now),
        Optional.empty(),
        Optional.empty());
  }

  Trial of(String knownFamily) {
    return new Trial(
        subscriptionId,
        customerId,
        account,
        Optional.of(knownFamily),
        startedAt,
        status,
        repeats,
        lookAt,
        foundAt,
        endedAt);
  }

  Trial repeating(List<String> kinds, Instant now) {
    return next(Status.ALERTED, kinds, lookAt, Optional.of(foundAt.orElse(now)), endedAt);
  }

  Trial ended(Instant now) {
    return next(Status.ENDED, repeats, Optional.empty(), foundAt, Optional.of(now));
  }

  Trial over() {
    return next(Status.OVER, repeats, Optional.empty(), foundAt, endedAt);
  }

  Trial checkedAgain(Instant at) {
    return next(status, repeats, Optional.of(at), foundAt, endedAt);
  }

  /**
   * Ever more seldom, but some times a day: what hasn't shown in the first minutes hardly shows any
   * more.
   */
  Instant nextCheck(Instant now) {
    long age = Duration.between(startedAt, now).toSeconds();
    return now.plusSeconds(Math.min(Math.max(age, SOONEST.toSeconds()), LATEST.toSeconds()));
  }

  private Trial next(
      Status nextStatus,
      List<String> nextRepeats,
      Optional<Instant> nextCheck,
      Optional<Instant> nextFoundAt,
      Optional<Instant> nextEndedAt) {
    return new Trial(
        subscriptionId,
        customerId,
        account,
        family,
        startedAt,
        nextStatus,
        nextRepeats,
        nextCheck,
        nextFoundAt,
        nextEndedAt);
  }
}
