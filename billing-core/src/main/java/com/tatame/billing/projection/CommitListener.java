package com.tatame.billing.projection;

import java.util.Collection;
import java.util.List;

/** Learns of commits of mirrored rows. Its methods must be quick and must not throw. */
public interface CommitListener {
  /** These units may have been committed: called also if the store failed or its answer was lost. */
  default void mayHaveCommitted(Collection<Unit> units) {}

  /** The store has answered for these units; those that were stale are among them. */
  default void committed(Collection<Unit> units) {}

  /** Calls each of these in turn. */
  static CommitListener all(List<CommitListener> listeners) {
    List<CommitListener> each = List.copyOf(listeners);
    return new CommitListener() {
      @Override
      public void mayHaveCommitted(Collection<Unit> units) {
        each.forEach(listener -> listener.mayHaveCommitted(units));
      }

      @Override
      public void committed(Collection<Unit> units) {
        each.forEach(listener -> listener.committed(units));
      }
    };
  }
}
