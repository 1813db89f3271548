package com.tatame.billing.checkin;

import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditEntry;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Port: check-ins, each its owner's alone. */
public interface CheckInStore {
  /**
   * What is kept under an id.
   *
   * @param again whether it was there before
   */
  record Added(CheckIn checkIn, boolean again) {}

  /**
   * Keeps a check-in, unless there is one of its id.
   *
   * @param most how many the owner may have in all
   * @return empty if there is none of its id, and the owner has as many as there may be
   */
  Optional<Added> add(CheckIn checkIn, int most);

  /** A check-in; empty if the owner has none of this id. */
  Optional<CheckIn> find(Owner owner, String id);

  /**
   * Check-ins.
   *
   * @param filter which ones
   * @param after the id of the last one before the page; empty for the first page
   * @param limit 1 to 101
   * @return the latest first, then by id
   */
  List<CheckIn> list(Owner owner, CheckInFilter filter, Optional<String> after, int limit);

  /** The latest check-in of each kind, by kind; of 100 kinds at most. */
  List<CheckIn> latest(Owner owner);

  /**
   * Check-ins of a kind, period by period; periods without any are left out.
   *
   * @param filter which names a kind
   * @param zone in which periods begin
   * @return in the order of their periods, at most 1,000 of them
   */
  List<CheckInPeriod> series(
      Owner owner, CheckInFilter filter, CheckInPeriod.Length length, ZoneId zone);

  /**
   * Deletes a check-in.
   *
   * @param audit written in the same commit, if there was one
   * @return whether the owner had one of this id
   */
  boolean delete(Owner owner, String id, AuditEntry audit);

  /** Prunes check-ins of times before; returns how many, at most {@code limit}. */
  int prune(Instant before, int limit);
}
