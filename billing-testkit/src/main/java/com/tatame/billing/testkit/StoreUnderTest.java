package com.tatame.billing.testkit;

import com.tatame.billing.store.BillingStore;

/** What a binding of a store contract provides. */
public interface StoreUnderTest {
  /**
   * The store, the same one for the length of a test. It may hold what earlier tests left, since the
   * contracts use ids of their own; but no other test may use it at the same time, since the inbox
   * is one queue.
   */
  BillingStore store();
}
