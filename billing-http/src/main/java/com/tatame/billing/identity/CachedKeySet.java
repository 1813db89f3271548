package com.tatame.billing.identity;

import com.tatame.billing.failure.IdentityUnavailable;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import java.io.IOException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Published keys, fetched again every few minutes and, at a limited rate, when a token names a key
 * that is not among them. While they can't be fetched, the last ones stay.
 */
final class CachedKeySet implements SigningKeys {
  static final Duration FRESH = Duration.ofMinutes(5);
  static final Duration BETWEEN_FETCHES = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(CachedKeySet.class);
  private static final long MAX_LOCK_WAIT_MILLIS = 1_000;

  private final KeySetSource source;
  private final InstantSource wallClock;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile Map<String, PublicKey> keys = Map.of();
  private volatile Instant fetchedAt = Instant.EPOCH;
  private volatile Instant triedAt = Instant.EPOCH;

  CachedKeySet(KeySetSource source, InstantSource wallClock) {
    this.source = source;
    this.wallClock = wallClock;
  }

  @Override
  public Optional<PublicKey> find(String keyId) {
    Instant now = wallClock.instant();
    if (!now.isBefore(fetchedAt.plus(FRESH)) || !keys.containsKey(keyId)) {
      refresh(now, keys.containsKey(keyId) ? 0 : MAX_LOCK_WAIT_MILLIS);
    }
    if (keys.isEmpty()) {
      throw new IdentityUnavailable(
          BETWEEN_FETCHES, "No caller can be authenticated until the identity provider answers.");
    }
    return Optional.ofNullable(keys.get(keyId));
  }

  @Override
  public boolean ready() {
    if (keys.isEmpty()) {
      refresh(wallClock.instant(), MAX_LOCK_WAIT_MILLIS);
    }
    return !keys.isEmpty();
  }

  // A caller that waited for another's fetch finds it done, and must not fetch again.
  private void refresh(Instant now, long maxWaitMillis) {
    try {
      if (!fetching.tryLock(maxWaitMillis, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      if (now.isBefore(triedAt.plus(BETWEEN_FETCHES))) {
        return;
      }
      triedAt = now;
      Map<String, PublicKey> fetched = parse(source.fetch());
      if (fetched.isEmpty()) {
        throw new IOException("the key set holds no key for RS256");
      }
      keys = fetched;
      fetchedAt = now;
    } catch (IOException | JwtException | IllegalArgumentException e) {
      LOG.warn("The keys of the identity provider can't be fetched; the last ones stay", e);
    } finally {
      fetching.unlock();
    }
  }

  private static Map<String, PublicKey> parse(String json) {
    Map<String, PublicKey> usable = new HashMap<>();
    for (Jwk<?> key :
        Jwks.setParser().ignoreUnsupported(true).build().parse(json).getKeys()) {
      if (key.getId() != null
          && key.toKey() instanceof RSAPublicKey rsa
          && (key.getAlgorithm() == null || key.getAlgorithm().equals("RS256"))
          && (key.get("use") == null || "sig".equals(key.get("use")))) {
        usable.put(key.getId(), rsa);
      }
    }
    return Map.copyOf(usable);
  }
}
