package com.tatame.billing.testkit.eventorder;

/** What a seed's run can meet; a proof that met none of it proves little. */
public enum Coverage {
  /** Events brought two different states of one object within one second. */
  SAME_SECOND("same-second difference"),
  /** A snapshot was taken for true because nothing could be read. */
  SNAPSHOT_FALLBACK("snapshot fallback"),
  /** An event was applied in the commit that stored it. */
  ON_ARRIVAL("an event applied on arrival"),
  /** A commit came too late: another one had changed the rows. */
  STALE("STALE"),
  /** A worker came back after its lease had run out. */
  LEASE_LOST("LEASE_LOST"),
  /** A read found nothing, or a deleted object. */
  NOT_FOUND("a 404 read"),
  /** Events of a customer that no account claims. */
  UNMAPPED_CUSTOMER("an unmapped customer"),
  /** Events in an older version than the reads. */
  OTHER_VERSION("another API version");

  private final String title;

  Coverage(String title) {
    this.title = title;
  }

  @Override
  public String toString() {
    return title;
  }
}
