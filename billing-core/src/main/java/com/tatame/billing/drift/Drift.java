package com.tatame.billing.drift;

import com.tatame.billing.projection.RowChange;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A row that was found to differ from what the provider holds, twice and some minutes apart, so that
 * no event on its way explains it.
 *
 * @param customerId the customer that the row belongs to; of an object that belongs to none, the
 *     payment that it names, else its own id
 * @param difference before: the fields as they were stored; after: as they ought to be
 * @param repairedBy {@code monitor}, also if it was found equal again, or the administrator who had it
 *     repaired; empty while it is open
 */
public record Drift(
    String id,
    String customerId,
    RowChange difference,
    Cause cause,
    Instant foundAt,
    Optional<Instant> repairedAt,
    Optional<String> repairedBy) {
  /** Why it differs, as far as the inbox tells. */
  public enum Cause {
    /** An event of the customer was given up. */
    DEAD_LETTER,
    /** Its event is stored, but is as old as another one: only a read could tell, and none was made. */
    NOT_READ,
    /** A processed event contradicts the row: the row was altered by hand. */
    ROW_ALTERED,
    /** No stored event says it: one never arrived, and is too old to be fetched. */
    EVENT_MISSED,
    /**
     * The row says that nothing can change any more, and the provider holds something that goes on: no
     * event puts that right.
     */
    CONTRADICTION,
    /** The stored row, or the provider's answer, can't be read by this version. */
    UNREADABLE,
    /**
     * The customer is linked to another account than its metadata at the provider names. It is never
     * repaired by the monitor: which of the two is right, a person decides.
     */
    LINK_CONFLICT,
    /** The provider's objects are the same; what follows from them was derived by other rules. */
    DERIVED;

    /** The name on the wire, lower case. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
