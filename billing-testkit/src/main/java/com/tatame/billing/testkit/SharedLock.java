package com.tatame.billing.testkit;

import java.util.function.Supplier;

/** Lets one thread at a time work on a store, as long as the store is open. */
final class SharedLock {
  private boolean closed;

  synchronized <T> T hold(Supplier<T> work) {
    if (closed) {
      throw new IllegalStateException("The store is closed.");
    }
    return work.get();
  }

  synchronized void close() {
    closed = true;
  }
}
