package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Port: units that sales hold until they are paid or given up. They are consumptions whose ids begin
 * with {@link #PREFIX}, and count as used from the moment in which they were taken. All instants are
 * by the billing clock.
 */
public interface ReservationStore {
  /** With what the id of a consumption begins that a sale took. */
  String PREFIX = "sale_";

  /** A unit of which it is not decided yet whether it stays taken. */
  record Held(AccountId account, String id, Instant at) {}

  /** What becomes of a unit that is held. */
  enum Outcome {
    /** It was paid, and stays taken. */
    KEPT,
    /** It goes back to the place and the window that it was taken from. */
    RETURNED
  }

  /**
   * Units that are held, those taken first come first, then by id.
   *
   * @param after the last one before the page; empty for the first page
   * @param limit 1 to 101
   */
  List<Held> held(Optional<Held> after, int limit);

  /**
   * Decides about a unit. The first decision stays.
   *
   * @return whether this call decided
   */
  boolean settle(AccountId account, String id, Outcome outcome, Instant now);
}
