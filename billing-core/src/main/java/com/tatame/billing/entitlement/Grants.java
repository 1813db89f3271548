package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.time.Clocks;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Use cases: giving accounts what they don't pay for, and taking it back. */
public final class Grants {
  private static final String PREFIX = "gr_";

  private final GrantStore store;
  private final CatalogInForce catalog;
  private final Clocks clocks;
  private final RandomGenerator random;

  /**
   * Wires the use cases.
   *
   * @param random source of ids
   */
  public Grants(GrantStore store, CatalogInForce catalog, Clocks clocks, RandomGenerator random) {
    this.store = store;
    this.catalog = catalog;
    this.clocks = clocks;
    this.random = random;
  }

  /**
   * A grant, and how it came about.
   *
   * @param again whether it was given before, under the same key
   */
  public record Given(Grant grant, boolean again) {}

  /**
   * Gives a plan, units or a flag to an account. It holds from its start to its end, to the instant.
   *
   * @param by the administrator or API key, for the record
   * @throws ValidationFailed if the catalog has no such plan or feature, or the times make no sense
   * @throws Conflict {@code idempotency_key_reused}
   */
  public Given give(NewGrant wanted, String by) {
    Instant now = now();
    requireInCatalog(wanted.gift());
    String id = nextId();
    Grant grant = new Grant(
        id,
        wanted.account(),
        wanted.gift(),
        wanted.reason().strip(),
        by,
        now,
        wanted.startsAt().orElse(now),
        wanted.expiresAt(),
        0,
        Optional.empty());
    // What was given under this key was right when it was given.
    GrantStore.Kept kept = wanted
        .key()
        .filter(key -> wrongTime(wanted, grant).isPresent())
        .flatMap(key -> store.findByKey(wanted.account(), key))
        .orElseGet(() -> keep(wanted, grant));
    if (!kept.fingerprint().equals(wanted.fingerprint())) {
      throw Conflict.idempotencyKeyReused();
    }
    return new Given(kept.grant(), !kept.grant().id().equals(id));
  }

  /**
   * Takes a grant back: from now on it gives nothing; what was used of it stays used. A second time
   * it changes nothing.
   *
   * @param by the administrator or API key, for the record
   * @param reason at most 500 characters
   * @throws NotFound if there is no such grant
   */
  public Grant revoke(String id, String by, Optional<String> reason) {
    if (reason.filter(text -> text.length() > NewGrant.MAX_REASON_LENGTH).isPresent()) {
      throw ValidationFailed.of(
          "reason", "must have at most " + NewGrant.MAX_REASON_LENGTH + " characters");
    }
    Grant grant = get(id);
    return store
        .revoke(grant.account(), id, new Revocation(now(), by, reason), revoked(grant))
        .orElseThrow(() -> new NotFound("grant", id));
  }

  /**
   * One grant.
   *
   * @throws NotFound if there is none with this id
   */
  public Grant get(String id) {
    return store.find(id).orElseThrow(() -> new NotFound("grant", id));
  }

  /** Grants with all their times, one page as {@link GrantStore#list}. */
  public List<Grant> list(Optional<AccountId> account, Optional<String> before, int limit) {
    return store.list(account, before, limit);
  }

  private void requireInCatalog(GrantContent gift) {
    if (gift instanceof GrantContent.Tier tier
        && catalog.get().plan(tier.tier()).isEmpty()) {
      throw ValidationFailed.of("tier", "'" + tier.tier() + "' is no tier of the catalog");
    } else if (gift instanceof GrantContent.Units units
        && !has(
            units.feature(),
            feature ->
                feature instanceof Feature.Counter || feature instanceof Feature.Unlimited)) {
      throw ValidationFailed.of(
          "feature", "'" + units.feature() + "' is no feature whose units are counted");
    } else if (gift instanceof GrantContent.Flag flag
        && !has(flag.feature(), Feature.Flag.class::isInstance)) {
      throw ValidationFailed.of(
          "feature",
          "'" + flag.feature() + "' is no feature that is on or off; say how many units");
    }
  }

  private boolean has(String name, Predicate<Feature> kind) {
    return catalog.get().plans().stream()
        .flatMap(plan -> Optional.ofNullable(plan.features().get(name)).stream())
        .anyMatch(kind);
  }

  private GrantStore.Kept keep(NewGrant wanted, Grant grant) {
    wrongTime(wanted, grant).ifPresent(field -> {
      throw ValidationFailed.of(
          field,
          field.equals("startsAt") ? "must not lie in the past" : "must be later than it starts");
    });
    return store.add(grant, wanted.key().orElse(grant.id()), wanted.fingerprint(), given(grant));
  }

  private AuditEntry given(Grant grant) {
    Map<String, String> after = new TreeMap<>(content(grant.gift()));
    after.put("startsAt", grant.startsAt().toString());
    grant.expiresAt().ifPresent(end -> after.put("expiresAt", end.toString()));
    return audit(AuditAction.CREATE_GRANT, grant, AuditChange.created(after));
  }

  private static Map<String, String> content(GrantContent gift) {
    if (gift instanceof GrantContent.Tier tier) {
      return Map.of("tier", tier.tier());
    } else if (gift instanceof GrantContent.Units units) {
      return Map.of("feature", units.feature(), "units", Long.toString(units.units()));
    }
    return Map.of("feature", ((GrantContent.Flag) gift).feature());
  }

  private AuditEntry revoked(Grant grant) {
    AuditChange change = AuditChange.changed(Map.of("revoked", "false"), Map.of("revoked", "true"));
    return audit(AuditAction.REVOKE_GRANT, grant, change);
  }

  private AuditEntry audit(AuditAction action, Grant grant, AuditChange change) {
    return AuditEntry.of(
        clocks.wallNow(), action.code(), Optional.of(grant.account()), grant.id(), change);
  }

  private static Optional<String> wrongTime(NewGrant wanted, Grant grant) {
    if (wanted.startsAt().filter(start -> start.isBefore(grant.givenAt())).isPresent()) {
      return Optional.of("startsAt");
    }
    return grant.expiresAt().filter(end -> !end.isAfter(grant.startsAt())).map(end -> "expiresAt");
  }

  private String nextId() {
    HexFormat hex = HexFormat.of();
    return PREFIX + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }

  private Instant now() {
    return clocks.billingNow().truncatedTo(ChronoUnit.MICROS);
  }
}
