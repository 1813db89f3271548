package com.tatame.billing.store;

/** What a store lets happen. Only a move to another store makes it anything but open. */
public enum StoreMode {
  /** Reads and writes. */
  OPEN,
  /** What was open, and takes no writes while or since its content moves elsewhere. */
  FROZEN,
  /** What content is moved to, and takes no writes until it is all there. */
  STANDBY
}
