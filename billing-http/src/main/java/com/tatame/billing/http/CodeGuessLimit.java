package com.tatame.billing.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.tatame.billing.failure.RateLimited;
import com.tatame.billing.failure.UnknownPromotionCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Limits how often promotion codes are guessed: a fixed window of a minute for each account, or for
 * the client's address where no user is signed in. Only codes that don't exist count. Each node
 * counts for itself, in bounded memory: callers in excess of {@link #MAX_CALLERS} push the ones
 * that were idle longest out, who begin a new window.
 */
final class CodeGuessLimit {
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MAX_CALLERS = 100_000;

  private final int wrongPerMinute;
  private final InstantSource wallClock;
  private final Function<ClientRequest, String> clientAddress;
  private final Cache<String, Window> windows;

  private record Window(Instant start, int guesses) {
    boolean over(Instant now) {
      return !now.isBefore(start.plus(WINDOW));
    }
  }

  /**
   * @param wrongPerMinute at least 1; 0 for no limit
   * @param clientAddress of a caller who has not signed in
   */
  CodeGuessLimit(
      int wrongPerMinute, InstantSource wallClock, Function<ClientRequest, String> clientAddress) {
    this.wrongPerMinute = wrongPerMinute;
    this.wallClock = wallClock;
    this.clientAddress = clientAddress;
    this.windows = Caffeine.newBuilder()
        .maximumSize(MAX_CALLERS)
        .expireAfterWrite(WINDOW)
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(wallClock.millis()))
        .build();
  }

  /**
   * Tries a code. Guesses under way count as wrong until they turn out not to be, so that many at
   * once are no way around the limit.
   *
   * @param unknown whether the result says that there is no such code
   * @throws RateLimited if the caller guessed wrong too often; the code is not tried then
   */
  <T> T attempt(Call call, Supplier<T> attempt, Predicate<T> unknown) {
    if (wrongPerMinute == 0) {
      return attempt.get();
    }
    String caller = call.principal().isAnonymous()
        ? "address " + clientAddress.apply(call.client())
        : "account " + call.account().value();
    Window window = take(caller);
    boolean wrong = false;
    try {
      T result = attempt.get();
      wrong = unknown.test(result);
      return result;
    } catch (UnknownPromotionCode e) {
      wrong = true;
      throw e;
    } finally {
      if (!wrong) {
        giveBack(caller, window);
      }
    }
  }

  private Window take(String caller) {
    Instant now = wallClock.instant();
    Window taken = windows
        .asMap()
        .compute(
            caller,
            (key, before) -> before == null || before.over(now)
                ? new Window(now, 1)
                : new Window(before.start(), Math.min(wrongPerMinute, before.guesses()) + 1));
    if (taken.guesses() > wrongPerMinute) {
      throw new RateLimited(
          "Too many promotion codes were wrong. Wait before trying another one.",
          Duration.between(now, taken.start().plus(WINDOW)));
    }
    return taken;
  }

  private void giveBack(String caller, Window taken) {
    windows
        .asMap()
        .computeIfPresent(
            caller,
            (key, now) -> now.start().equals(taken.start())
                ? new Window(now.start(), Math.min(wrongPerMinute, now.guesses()) - 1)
                : now);
  }
}
