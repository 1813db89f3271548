package com.tatame.billing.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.failure.Unauthenticated;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/**
 * Verifies API keys, and caches valid ones for {@link #GOOD_FOR}: so long does a key that was
 * revoked on another node still open this one, and no longer. A bad key is looked up each time.
 *
 * <p>While the store is known to be down, a key that was valid when it was last looked up is taken for
 * valid for {@link #MAX_STALE}: without the store it opens nothing but cached answers.
 */
final class ApiKeyCache {
  static final Duration GOOD_FOR = Duration.ofSeconds(5);
  static final Duration MAX_STALE = Duration.ofMinutes(10);
  private static final int MAX_KEYS = 10_000;

  private final ApiKeys keys;
  private final InstantSource wallClock;
  // By hash: what a dump of the memory shows opens nothing.
  private final Cache<String, LookedUp> cached;
  private final BooleanSupplier storeDown;
  private final Ticker ticker;

  private record LookedUp(ApiKey key, long at) {}

  /**
   * Caches nothing yet.
   *
   * @param storeDown whether the store is known to be down
   * @param ticker measures how long a key was cached; never goes back
   */
  ApiKeyCache(ApiKeys keys, BooleanSupplier storeDown, InstantSource wallClock, Ticker ticker) {
    this.keys = keys;
    this.storeDown = storeDown;
    this.wallClock = wallClock;
    this.ticker = ticker;
    this.cached = Caffeine.newBuilder()
        .maximumSize(MAX_KEYS)
        .expireAfterWrite(MAX_STALE)
        .ticker(ticker)
        .build();
  }

  /**
   * The key that a caller presents.
   *
   * @throws Unauthenticated if it is none, was revoked or has expired
   */
  ApiKey verify(String secret) {
    String hash = ApiKeys.hash(secret);
    LookedUp known = cached.getIfPresent(hash);
    long now = ticker.read();
    if (known != null && (now - known.at() < GOOD_FOR.toNanos() || storeDown.getAsBoolean())) {
      known.key().requireLiveAt(wallClock.instant());
      return known.key();
    }
    try {
      ApiKey verified = keys.verify(secret);
      cached.put(hash, new LookedUp(verified, now));
      return verified;
    } catch (Unauthenticated e) {
      cached.invalidate(hash);
      throw e;
    }
  }

  /** Evicts a key that was revoked here, so that on this node it opens nothing from now on. */
  void evict(String id) {
    cached.asMap().values().removeIf(known -> known.key().id().equals(id));
  }
}
