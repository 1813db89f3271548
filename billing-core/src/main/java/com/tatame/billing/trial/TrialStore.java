package com.tatame.billing.trial;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Port: the trials that began, and the ledger by which people are known again. The ledger holds no
 * names; it is never pruned, and outlives what it was made from.
 */
public interface TrialStore {
  /**
   * A trial that began.
   *
   * @param startedAt by the provider's clock
   */
  record Started(String subscriptionId, String customerId, Instant startedAt) {}

  /**
   * Some trials that began.
   *
   * @param position where the next search begins, in the store's own words
   */
  record Found(List<Started> trials, String position) {
    public Found {
      trials = List.copyOf(trials);
    }
  }

  /**
   * Evidence as it is stored.
   *
   * @param kind of evidence, lower case
   * @param hash under a key, hexadecimal
   */
  record Mark(String kind, String hash) {
    /** Hashes are not shown either. */
    @Override
    public String toString() {
      return kind;
    }
  }

  /**
   * Evidence of one trial.
   *
   * @param startedAt of that trial
   */
  record Entry(Mark mark, String subscriptionId, Instant startedAt) {}

  /**
   * Trials that began, as the facts say, by when they were stored. Some are listed again by the next
   * search; none is left out, however late its commit comes to be seen.
   *
   * @param position of the search before; empty to begin with all
   * @param limit 1 to 101
   */
  Found started(Optional<String> position, int limit);

  /** Begins to watch a trial; one that is watched or was stays as it is. */
  void watch(Trial trial);

  /**
   * Replaces what is known of a trial.
   *
   * @param from the status that it has
   * @return false, and nothing is changed, if it has another one
   */
  boolean replace(Trial.Status from, Trial next);

  /**
   * What is to be looked at, the longest due first, each with the account whose customer it is now.
   *
   * @param limit 1 to 101
   */
  List<Trial> due(Instant now, int limit);

  /**
   * One page of the trials that were a person's second, those watched last first.
   *
   * @param open only those that go on
   * @param before only those watched before this one; empty for the first page
   * @param limit 1 to 101
   */
  List<Trial> repeated(boolean open, Optional<String> before, int limit);

  Optional<Trial> find(String subscriptionId);

  /** How many go on that are a person's second. */
  long open();

  /** Writes evidence of a trial into the ledger. Repeating it changes nothing. */
  void record(String family, String subscriptionId, Instant startedAt, Collection<Mark> marks);

  /** All trials of a family of which there is any of this evidence. */
  List<Entry> seen(String family, Collection<Mark> marks);
}
