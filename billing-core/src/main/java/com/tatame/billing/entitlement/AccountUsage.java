package com.tatame.billing.entitlement;

import com.tatame.billing.catalog.Period;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an account is given, and what it used of it: all that a decision needs.
 *
 * @param recorded empty for an account that never had a subscription
 * @param version of the entitlement and the grants: another one once one is given or revoked
 * @param open the windows that have not ended
 * @param grants those that have not ended, whether they have begun or not
 * @param state another one once anything of this is; empty if that is unknown
 * @param revision the number of entries that the account's stream had; 0 if that is unknown
 * @param staleSince when it was read, by wall time, if the store is down since; else empty
 */
public record AccountUsage(
    Optional<RecordedEntitlement> recorded,
    String version,
    List<UsageRow> open,
    List<Grant> grants,
    String state,
    long revision,
    Optional<Instant> staleSince) {
  public AccountUsage {
    open = List.copyOf(open);
    grants = List.copyOf(grants);
  }

  /** As read. */
  public AccountUsage(
      Optional<RecordedEntitlement> recorded,
      String version,
      List<UsageRow> open,
      List<Grant> grants,
      String state) {
    this(recorded, version, open, grants, state, 0, Optional.empty());
  }

  /** Possibly out of date. */
  public AccountUsage(
      Optional<RecordedEntitlement> recorded,
      String version,
      List<UsageRow> open,
      List<Grant> grants) {
    this(recorded, version, open, grants, "");
  }

  /** Without grants. */
  public AccountUsage(Optional<RecordedEntitlement> recorded, String version, List<UsageRow> open) {
    this(recorded, version, open, List.of());
  }

  /**
   * The same, read then and not confirmed since: what is known to end then ends, though no event can
   * be stored that says so.
   */
  AccountUsage staleSince(Instant readAt) {
    return new AccountUsage(
        recorded.map(RecordedEntitlement::endingAsKnown),
        version,
        open,
        grants,
        state,
        revision,
        Optional.of(readAt));
  }

  /** The same, when the account's stream had so many entries. */
  public AccountUsage atRevision(long entries) {
    return new AccountUsage(recorded, version, open, grants, state, entries, staleSince);
  }

  /** What its subscriptions give it. */
  public Optional<AccountEntitlement> entitlement() {
    return recorded.map(RecordedEntitlement::entitlement);
  }

  /** What counts against a feature's limit. */
  public UsageTally used(String feature, Period current, Instant now) {
    return open.stream()
        .filter(row -> row.feature().equals(feature) && row.countsIn(current, now))
        .map(UsageRow::used)
        .reduce(UsageTally.NONE, UsageTally::plus);
  }
}
