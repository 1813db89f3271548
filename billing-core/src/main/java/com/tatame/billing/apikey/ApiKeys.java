package com.tatame.billing.apikey;

import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.RequestScope;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.text.Sha256;
import com.tatame.billing.time.TimeBounds;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Use cases: keys for other programs. A key is {@code bk_<id>_<secret>}; the secret is 32 random
 * bytes. It is kept as a plain SHA-256: a slow or salted hash defends what people choose and can be
 * guessed, and 256 random bits can't be. It is found by that hash, so no comparison of ours could
 * tell by its duration how much of a guess was right.
 */
public final class ApiKeys {
  /** How precisely the last use of a key is known. */
  public static final Duration USE_NOTED_EVERY = Duration.ofMinutes(1);

  private static final Logger LOG = System.getLogger(ApiKeys.class.getName());
  private static final String PREFIX = "bk_";
  private static final Pattern FORM = Pattern.compile("bk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}");
  private static final int SECRET_BYTES = 32;
  private static final int MAX_NAME = 100;
  private static final int ID_DIGITS = 16;

  /** An idempotency key that comes again after that is a new request. */
  private static final Duration REQUEST_LIFETIME = Duration.ofHours(23);

  private final ApiKeyStore store;
  private final InstantSource wallClock;
  private final RandomGenerator random;

  /**
   * Wires the use cases.
   *
   * @param random of the secrets: one that can be foretold gives keys that can be foretold
   */
  public ApiKeys(ApiKeyStore store, InstantSource wallClock, RandomGenerator random) {
    this.store = store;
    this.wallClock = wallClock;
    this.random = random;
  }

  /**
   * A key that was just made.
   *
   * @param secret the whole key, shown only this once
   */
  public record Created(ApiKey key, String secret) {
    @Override
    public String toString() {
      return "Created[key=" + key + "]";
    }
  }

  /** Whether a bearer token wants to be an API key, well formed or not. */
  public static boolean looksLikeKey(String token) {
    return token.startsWith(PREFIX);
  }

  /**
   * The hash under which a key is kept.
   *
   * @throws Unauthenticated if it is not even formed like a key
   */
  public static String hash(String secret) {
    if (!FORM.matcher(secret).matches()) {
      throw new Unauthenticated("The API key is not complete.");
    }
    return Sha256.hex(secret);
  }

  /**
   * Makes a key.
   *
   * @param name what it is for, 1 to 100 characters
   * @param scopes at least one
   * @param expiresAt from when it is refused, in the future; empty for never
   * @throws ValidationFailed naming what can't be used
   */
  public Created create(String name, Set<Scope> scopes, Optional<Instant> expiresAt) {
    Instant now = wallClock.instant();
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw ValidationFailed.of("name", "must have 1 to " + MAX_NAME + " characters");
    }
    if (scopes.isEmpty()) {
      throw ValidationFailed.of(
          "scopes", "must name at least one of " + String.join(", ", Scope.codes()));
    }
    if (TimeBounds.require("expiresAt", expiresAt)
        .filter(end -> !end.isAfter(now))
        .isPresent()) {
      throw ValidationFailed.of("expiresAt", "must be in the future");
    }
    String id = RequestScope.current()
        .map(request -> idFor(request, now))
        .orElseGet(() -> PREFIX + HexFormat.of().toHexDigits(random.nextLong()));
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    String secret = id + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    ApiKey key =
        new ApiKey(id, name.strip(), scopes, now, expiresAt, Optional.empty(), Optional.empty());
    store.add(key, hash(secret), created(key));
    return new Created(key, secret);
  }

  // The name is its maker's words, which stay with the key.
  private static AuditEntry created(ApiKey key) {
    Map<String, String> after = new HashMap<>();
    after.put(
        "scopes", key.scopes().stream().map(Scope::code).sorted().collect(Collectors.joining(" ")));
    key.expiresAt().ifPresent(end -> after.put("expiresAt", end.toString()));
    return AuditEntry.of(
        key.createdAt(),
        AuditAction.CREATE_API_KEY.code(),
        Optional.empty(),
        key.id(),
        AuditChange.created(after));
  }

  private static AuditEntry revoked(String id, Instant now) {
    return AuditEntry.of(
        now,
        AuditAction.REVOKE_API_KEY.code(),
        Optional.empty(),
        id,
        AuditChange.changed(Map.of("revoked", "false"), Map.of("revoked", "true")));
  }

  // A request that is sent again makes another key, since the one before was never shown: that
  // one is of no use, and revoked.
  private String idFor(RequestKey request, Instant now) {
    for (int attempt = 0; ; attempt++) {
      String id = PREFIX
          + RequestKey.of(request.value(), "api_key " + attempt).value().substring(0, ID_DIGITS);
      Optional<ApiKey> earlier = store.find(id);
      if (earlier.isEmpty()) {
        return id;
      }
      boolean ofThisRequest = earlier.get().createdAt().plus(REQUEST_LIFETIME).isAfter(now);
      if (ofThisRequest && earlier.get().revokedAt().isEmpty()) {
        store.revoke(id, now, revoked(id, now));
      }
    }
  }

  /**
   * The key that a caller presents, which is thereby used.
   *
   * @throws Unauthenticated if it is none, was revoked or has expired; the message is safe to show
   */
  public ApiKey verify(String secret) {
    Instant now = wallClock.instant();
    ApiKey key = store
        .findByHash(hash(secret))
        .orElseThrow(() -> new Unauthenticated("The API key is not known."));
    key.requireLiveAt(now);
    if (key.lastUsedAt()
        .filter(last -> now.isBefore(last.plus(USE_NOTED_EVERY)))
        .isEmpty()) {
      noteUse(key, now);
    }
    return key;
  }

  // A valid key must not be refused because its last use could not be stored.
  private void noteUse(ApiKey key, Instant now) {
    try {
      store.noteUse(key.id(), now, USE_NOTED_EVERY);
    } catch (StoreUnavailable e) {
      LOG.log(Level.WARNING, "the use of API key {0} could not be noted", key.id());
    }
  }

  /**
   * The key with this id.
   *
   * @throws NotFound if there is none
   */
  public ApiKey get(String id) {
    return store.find(id).orElseThrow(() -> new NotFound("API key", id));
  }

  /**
   * All keys, newest first, revoked and expired ones included.
   *
   * @param after the id of the last key before the page
   * @param limit 1 to 101
   */
  public List<ApiKey> list(Optional<String> after, int limit) {
    return store.list(after, limit);
  }

  /**
   * Revokes a key for good. Revoking it again changes nothing.
   *
   * @throws NotFound if there is none
   */
  public ApiKey revoke(String id) {
    Instant now = wallClock.instant();
    return store.revoke(id, now, revoked(id, now)).orElseThrow(() -> new NotFound("API key", id));
  }
}
