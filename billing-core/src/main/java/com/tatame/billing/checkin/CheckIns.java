package com.tatame.billing.checkin;

import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.text.Sha256;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Use cases: what users note of themselves from time to time, and how it changes. */
public final class CheckIns {
  private static final String CHECK_IN = "check-in";
  private static final String PREFIX = "chk_";
  private static final int ID_LENGTH = 32;
  private static final int PRUNED_AT_ONCE = 1000;

  /** Most check-ins that an owner may have. */
  private static final int MAX_CHECK_INS = 20_000;

  private final CheckInStore store;
  private final Clocks clocks;
  private final RandomGenerator random;
  private final Optional<Duration> kept;

  /**
   * Wires the use cases.
   *
   * @param random source of ids
   * @param kept how long a check-in is kept after its time; empty for ever
   */
  public CheckIns(
      CheckInStore store, Clocks clocks, RandomGenerator random, Optional<Duration> kept) {
    this.store = store;
    this.clocks = clocks;
    this.random = random;
    this.kept = kept;
  }

  /**
   * A check-in, and how it came about.
   *
   * @param again whether it was noted before, under the same key
   */
  public record Noted(CheckIn checkIn, boolean again) {}

  /**
   * Notes something.
   *
   * @throws ValidationFailed naming the field
   * @throws Conflict {@code idempotency_key_reused}, or the owner has as many as there may be
   */
  public Noted add(Owner owner, NewCheckIn wanted) {
    Instant now = now();
    wanted.require(now);
    CheckIn checkIn = new CheckIn(
        wanted.key().map(key -> idUnder(owner, key)).orElseGet(this::nextId),
        owner,
        wanted.kind(),
        wanted.occurredAt().map(at -> at.truncatedTo(ChronoUnit.MICROS)).orElse(now),
        wanted.answers(),
        wanted.score(),
        wanted.note().filter(text -> !text.isBlank()),
        now);
    CheckInStore.Added added = store
        .add(checkIn, MAX_CHECK_INS)
        .orElseThrow(() -> Conflict.because("An account has at most " + MAX_CHECK_INS
            + " check-ins. Delete some that are not needed any more."));
    CheckIn stored = added.checkIn();
    CheckIn expected = wanted.occurredAt().isPresent() ? checkIn : at(checkIn, stored.occurredAt());
    if (!stored.notesAs(expected)) {
      throw Conflict.idempotencyKeyReused();
    }
    return new Noted(stored, added.again());
  }

  private static CheckIn at(CheckIn checkIn, Instant occurredAt) {
    return new CheckIn(
        checkIn.id(),
        checkIn.owner(),
        checkIn.kind(),
        occurredAt,
        checkIn.answers(),
        checkIn.score(),
        checkIn.note(),
        checkIn.createdAt());
  }

  // One key of one owner is one id, so that the id alone makes it happen once.
  private static String idUnder(Owner owner, String key) {
    String named = owner.account().value() + "\n" + owner.member().orElse("") + "\n" + key;
    return PREFIX + Sha256.hex(named).substring(0, ID_LENGTH);
  }

  /**
   * One check-in.
   *
   * @throws NotFound if the owner has none of this id
   */
  public CheckIn get(Owner owner, String id) {
    return store.find(owner, id).orElseThrow(() -> new NotFound(CHECK_IN, id));
  }

  /** Check-ins, one page as {@link CheckInStore#list}. */
  public List<CheckIn> list(Owner owner, CheckInFilter filter, Optional<String> after, int limit) {
    return store.list(owner, filter, after, limit);
  }

  /** The latest one of each kind, by kind. */
  public List<CheckIn> latest(Owner owner) {
    return store.latest(owner);
  }

  /**
   * Check-ins of a kind by week or month, for a chart.
   *
   * @param zone in which periods begin
   * @throws ValidationFailed if no kind is named
   */
  public List<CheckInPeriod> series(
      Owner owner, CheckInFilter filter, CheckInPeriod.Length length, ZoneId zone) {
    if (filter.kind().isEmpty()) {
      throw ValidationFailed.of("kind", "is required: scores of different kinds don't compare");
    }
    return store.series(owner, filter, length, zone);
  }

  /**
   * Deletes a check-in.
   *
   * @throws NotFound if the owner has none of this id
   */
  public void delete(Owner owner, String id) {
    AuditEntry audit = AuditEntry.of(
        clocks.wallNow(),
        AuditAction.DELETE_CHECK_IN.code(),
        Optional.of(owner.account()),
        id,
        AuditChange.deleted(Map.of("id", id)));
    if (!store.delete(owner, id, audit)) {
      throw new NotFound(CHECK_IN, id);
    }
  }

  /** Prunes check-ins that are older than their retention. */
  public void prune() {
    kept.map(now()::minus).ifPresent(before -> {
      while (store.prune(before, PRUNED_AT_ONCE) == PRUNED_AT_ONCE) {}
    });
  }

  private String nextId() {
    HexFormat hex = HexFormat.of();
    return PREFIX + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }

  private Instant now() {
    return clocks.billingNow().truncatedTo(ChronoUnit.MICROS);
  }
}
