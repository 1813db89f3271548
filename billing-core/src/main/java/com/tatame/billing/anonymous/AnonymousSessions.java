package com.tatame.billing.anonymous;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.account.Principal;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.text.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Use cases: visitors who buy before they sign in. A visitor is an account of its own, proven by a
 * token of 32 random bytes that is kept as its SHA-256 only. A signed-in user who has the
 * token claims what was bought with it, once.
 */
public final class AnonymousSessions {
  private static final Duration LIFETIME = Duration.ofDays(30);
  private static final Duration LATE = Duration.ofHours(1);
  private static final String TOKEN_PREFIX = "anon_";
  private static final String SEED_PREFIX = "anonymous session\n";
  private static final Pattern FORM = Pattern.compile("anon_[A-Za-z0-9_-]{43}");
  private static final int SECRET_BYTES = 32;

  private final AnonymousSessionStore store;
  private final InstantSource wallClock;
  private final RandomGenerator random;
  private final Consumer<AccountId> changed;

  /**
   * Wires the use cases.
   *
   * @param random of the tokens: a predictable one gives predictable tokens
   * @param changed receives accounts whose usage a claim has changed
   */
  public AnonymousSessions(
      AnonymousSessionStore store,
      InstantSource wallClock,
      RandomGenerator random,
      Consumer<AccountId> changed) {
    this.store = store;
    this.wallClock = wallClock;
    this.random = random;
    this.changed = changed;
  }

  /**
   * A session that was just begun.
   *
   * @param token shown only this once
   */
  public record Begun(AnonymousSession session, String token) {
    @Override
    public String toString() {
      return "Begun[session=" + session + "]";
    }
  }

  /** Begins a session of 30 days. */
  public Begun begin() {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return begin(secret);
  }

  /**
   * The session whose token follows from a seed; it begins if there is none yet. The seed
   * gives access to the session, so it must be as hard to guess as the token.
   */
  public Begun begin(String seed) {
    byte[] secret = Sha256.of(SEED_PREFIX + seed);
    return find(secret).orElseGet(() -> beginOrFind(secret));
  }

  // The same request may begin it at the same time elsewhere.
  private Begun beginOrFind(byte[] secret) {
    try {
      return begin(secret);
    } catch (RuntimeException e) {
      return find(secret).orElseThrow(() -> e);
    }
  }

  private Optional<Begun> find(byte[] secret) {
    String token = token(secret);
    return store.findByHash(hash(token).orElseThrow()).map(session -> new Begun(session, token));
  }

  private static String token(byte[] secret) {
    return TOKEN_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  private Begun begin(byte[] secret) {
    Instant now = now();
    String token = token(secret);
    HexFormat hex = HexFormat.of();
    String id = hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    AnonymousSession session = new AnonymousSession(
        new AccountId(AnonymousSessionStore.PREFIX + id),
        now,
        now.plus(LIFETIME),
        Optional.empty(),
        Optional.empty());
    store.add(session, hash(token).orElseThrow());
    return new Begun(session, token);
  }

  /**
   * Who calls with a token.
   *
   * @throws Unauthenticated if it identifies no caller; the message is safe to show
   */
  public Principal verify(String token) {
    AnonymousSession session = hash(token)
        .flatMap(store::findByHash)
        .orElseThrow(() -> new Unauthenticated("The anonymous session is not known."));
    if (session.claimedBy().isPresent()) {
      throw new Unauthenticated(
          "The anonymous session was claimed; go on as the account that claimed it.");
    }
    if (!session.liveAt(now())) {
      throw new Unauthenticated("The anonymous session has expired; begin a new one.");
    }
    return Principal.ofAnonymous(session.account());
  }

  /**
   * Makes what a session bought the caller's. Claiming again changes nothing. An expired session can
   * be claimed, so that nothing that was paid is lost.
   *
   * @throws ValidationFailed if there is no such session
   * @throws Conflict if another account has claimed it
   * @throws Forbidden if the caller has not signed in
   */
  public AnonymousSession claim(Principal caller, String token) {
    if (caller.isAnonymous()) {
      throw new Forbidden("Sign in to claim an anonymous session.");
    }
    AnonymousSession session = hash(token)
        .flatMap(hash -> claim(Owner.of(caller), hash))
        .orElseThrow(
            () -> ValidationFailed.of("token", "is not the token of an anonymous session"));
    if (session.claimedBy().filter(caller.account()::equals).isEmpty()) {
      throw Conflict.because("Another account has claimed this anonymous session.");
    }
    changed.accept(caller.account());
    return session;
  }

  private Optional<AnonymousSession> claim(Owner by, String hash) {
    AccountId account = by.account();
    Instant now = now();
    return store
        .findByHash(hash)
        .flatMap(session -> store.claim(
            hash,
            by,
            now,
            AuditEntry.of(
                now,
                AuditAction.CLAIM_ANONYMOUS_SESSION.code(),
                Optional.of(account),
                session.account().value(),
                AuditChange.created(Map.of("claimedBy", account.value())))));
  }

  /** Counts what was used in requests that were under way while their session was claimed. */
  public void gather() {
    store.gather(now().minus(LATE)).forEach(changed);
  }

  private Instant now() {
    return wallClock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static Optional<String> hash(String token) {
    return FORM.matcher(token).matches() ? Optional.of(Sha256.hex(token)) : Optional.empty();
  }
}
