package com.tatame.billing.store;

/** What a store lets happen. */
public enum StoreMode {
  /** Reads and writes. */
  OPEN,
  /** What was open, and takes no writes while or since its content moves elsewhere. */
  FROZEN,
  /** What content is moved to, and takes no writes until it is all there. */
  STANDBY,
  /**
   * What is open, in a database that takes no writes: a replica, or one whose administrator or
   * operator made it read-only.
   */
  READ_ONLY
}
