package com.tatame.billing.simulator.engine;

/** Something that the clock will do to an object, unless the object changes before; ties go in the order they were planned. */
record Due(long at, long sequence, Kind kind, String object) implements Comparable<Due> {
  enum Kind {
    SESSION_EXPIRES,
    TRIAL_REMINDER,
    PERIOD_ENDS,
    SUBSCRIPTION_CANCELS,
    COLLECTION_RESUMES,
    INVOICE_FINALIZES,
    PAYMENT_RETRIES,
    INVOICE_VOIDS,
    PENDING_UPDATE_EXPIRES,
    DISCOUNT_ENDS
  }

  @Override
  public int compareTo(Due other) {
    return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
  }
}
