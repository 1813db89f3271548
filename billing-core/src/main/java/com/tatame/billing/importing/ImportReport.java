package com.tatame.billing.importing;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an import did, or would do.
 *
 * @param counts by what was imported, such as {@code subscriptions}
 * @param refused what was not taken over, and why
 * @param unsold prices that the catalog doesn't sell, with how many running subscriptions are at
 *     them: those give their accounts nothing
 */
public record ImportReport(
    SortedMap<String, Counts> counts, List<Refusal> refused, SortedMap<String, Long> unsold) {
  public ImportReport {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    refused = List.copyOf(refused);
    unsold = Collections.unmodifiableSortedMap(new TreeMap<>(unsold));
  }

  /** What became of one kind of things. */
  public Counts of(String what) {
    return counts.getOrDefault(what, Counts.NONE);
  }

  /**
   * How often what came of it.
   *
   * @param created it was not stored yet
   * @param changed it was stored and differed
   * @param present it was there already
   * @param skipped there was nothing to be taken over, or not by this import
   */
  public record Counts(long created, long changed, long present, long skipped) {
    static final Counts NONE = new Counts(0, 0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(
          created + other.created,
          changed + other.changed,
          present + other.present,
          skipped + other.skipped);
    }
  }

  /** Something that was not taken over, and why. */
  public record Refusal(String id, String reason) {}
}
