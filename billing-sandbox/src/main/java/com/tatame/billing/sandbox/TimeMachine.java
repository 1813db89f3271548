package com.tatame.billing.sandbox;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.time.TimeBounds;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The sandbox's clock: the simulated Stripe's and the product's are one. It stands still until it is
 * moved, and a move ends when everything that it caused has arrived and taken effect. Moves that are
 * asked for at once are made one after the other.
 */
final class TimeMachine implements InstantSource {
  private static final Duration LOOK = Duration.ofMillis(20);
  // What a killed process had claimed comes back after a minute.
  private static final Duration MAX_WAIT = Duration.ofSeconds(90);
  // The invoice of a renewal is finalized and paid an hour after the period has begun.
  private static final Duration UNTIL_PAID = Duration.ofHours(2);
  private static final int MAX_STEPS = 5_000;
  private static final int MAX_PLANNED = 101;
  private static final MailFilter PLANNED = new MailFilter(
      Optional.empty(), Optional.empty(), Optional.of(MailStatus.PLANNED), Optional.empty());

  private final StripeSimulator simulator;
  private final Billing billing;
  private final Lock moving = new ReentrantLock(true);

  TimeMachine(StripeSimulator simulator, Billing billing) {
    this.simulator = simulator;
    this.billing = billing;
  }

  @Override
  public Instant instant() {
    return simulator.now();
  }

  /**
   * Moves time forward.
   *
   * @param amount ISO 8601 in whole seconds, such as {@code P31D}, {@code PT2H} or {@code P1DT12H}
   * @return the time then, which is exactly so much later than when the move began
   * @throws ValidationFailed for what is no amount, or goes back
   */
  Instant advance(String amount) {
    return alone(() -> moveTo(after(amount)));
  }

  /** Moves to just after the next renewal or trial end of the account; a month if there is none. */
  Instant toNextRenewal(Optional<AccountId> account) {
    return alone(() -> moveTo(nextRenewal(account)));
  }

  private Instant nextRenewal(Optional<AccountId> account) {
    return account
        .flatMap(
            id -> billing.subscriptions().list(id, Optional.empty(), Optional.empty(), 100).stream()
                .filter(subscription -> !subscription.terminal())
                .map(Subscription::currentPeriodEnd)
                .min(Comparator.naturalOrder()))
        .map(end -> end.plus(UNTIL_PAID))
        .filter(due -> due.isAfter(instant()))
        .orElseGet(() -> after("P1M"));
  }

  /** Waits until no event is on its way and none waits to take effect. */
  void settle() {
    long deadline = System.nanoTime() + MAX_WAIT.toNanos();
    while (!quiet()) {
      if (System.nanoTime() > deadline) {
        throw new StoreUnavailable(
            "Events are still waiting after " + MAX_WAIT.toSeconds() + " s; see /health.");
      }
      pause(LOOK);
    }
  }

  void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // An event that arrives may cause a command, and a command causes events: both must rest at once.
  private boolean quiet() {
    return nothingOnItsWay() && billing.idle() && nothingOnItsWay();
  }

  private boolean nothingOnItsWay() {
    try {
      return simulator.idle(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("The wait was interrupted.", e);
    }
  }

  // Each move begins where the one before ended.
  private Instant alone(Supplier<Instant> move) {
    moving.lock();
    try {
      return move.get();
    } finally {
      moving.unlock();
    }
  }

  // Step by step, so that each event meets the product at the time that it was made.
  private Instant moveTo(Instant target) {
    TimeBounds.require("advance", target);
    if (target.isBefore(instant())) {
      throw ValidationFailed.of("advance", "the clock only moves forward");
    }
    for (int i = 0; i < MAX_STEPS; i++) {
      settle();
      Optional<Instant> due = nextDue().filter(next -> !next.isAfter(target));
      simulator.advanceTo(due.orElse(target));
      if (due.isEmpty()) {
        settle();
        return instant();
      }
    }
    throw ValidationFailed.of("advance", "is too far for one move");
  }

  // A mail that is due in minutes would be too old after a step of days.
  private Optional<Instant> nextDue() {
    Instant now = instant();
    Stream<Instant> mails = billing.mails().list(PLANNED, Optional.empty(), MAX_PLANNED).stream()
        .map(mail -> mail.planned().dueAt())
        .filter(due -> due.isAfter(now));
    return Stream.concat(simulator.nextDue().stream(), mails).min(Comparator.naturalOrder());
  }

  private Instant after(String amount) {
    try {
      int time = amount.indexOf('T');
      String date = time < 0 ? amount : amount.substring(0, time);
      Duration rest = time < 0 ? Duration.ZERO : Duration.parse("P" + amount.substring(time));
      Instant later = date.equals("P")
          ? instant()
          : instant().atZone(ZoneOffset.UTC).plus(Period.parse(date)).toInstant();
      if (!rest.truncatedTo(ChronoUnit.SECONDS).equals(rest)) {
        throw ValidationFailed.of("advance", "must be whole seconds");
      }
      return later.plus(rest);
    } catch (DateTimeException | ArithmeticException e) {
      throw ValidationFailed.of(
          "advance", "must be an ISO 8601 duration such as P31D, PT2H or P1DT12H");
    }
  }
}
