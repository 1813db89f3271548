package com.tatame.billing.drift;

/** What is done about rows that differ from what the provider holds. */
public enum DriftPolicy {
  /** They are not looked for. */
  OFF,
  /** They are listed, for an administrator to repair. */
  REPORT,
  /** They are listed and repaired. */
  REPAIR
}
