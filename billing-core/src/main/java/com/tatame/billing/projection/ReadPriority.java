package com.tatame.billing.projection;

/** Which objects are read first when the provider allows only so many reads, most urgent first. */
public enum ReadPriority {
  /** Two different states carry the same second. */
  AMBIGUOUS,
  /** What it says decides what an account may do. */
  ENTITLING,
  ROUTINE
}
