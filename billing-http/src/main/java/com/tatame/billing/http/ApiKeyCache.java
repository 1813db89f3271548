package com.tatame.billing.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.failure.Unauthenticated;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Verifies API keys, and caches valid ones for {@link #GOOD_FOR}: so long does a key that was
 * revoked on another node still open this one, and no longer. A bad key is looked up each time.
 */
final class ApiKeyCache {
  static final Duration GOOD_FOR = Duration.ofSeconds(5);
  private static final int MAX_KEYS = 10_000;

  private final ApiKeys keys;
  private final InstantSource wallClock;
  // By hash: what a dump of the memory shows opens nothing.
  private final Cache<String, ApiKey> cached;

  /**
   * @param ticker measures how long a key was cached; never goes back
   */
  ApiKeyCache(ApiKeys keys, InstantSource wallClock, Ticker ticker) {
    this.keys = keys;
    this.wallClock = wallClock;
    this.cached = Caffeine.newBuilder()
        .maximumSize(MAX_KEYS)
        .expireAfterWrite(GOOD_FOR)
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
    ApiKey known = cached.getIfPresent(hash);
    if (known != null) {
      known.requireLiveAt(wallClock.instant());
      return known;
    }
    ApiKey verified = keys.verify(secret);
    cached.put(hash, verified);
    return verified;
  }

  /** Evicts a key that was revoked here, so that on this node it opens nothing from now on. */
  void evict(String id) {
    cached.asMap().values().removeIf(key -> key.id().equals(id));
  }
}
