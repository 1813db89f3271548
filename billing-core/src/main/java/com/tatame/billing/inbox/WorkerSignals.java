package com.tatame.billing.inbox;

/** Wakes workers that sleep, so that what was stored does not wait for their next look. */
interface WorkerSignals {
  /** Events were stored that wait for a worker. */
  void wake();

  /** Reads of the provider may be owed. */
  void wakeReads();
}
