package com.tatame.billing.testkit.eventorder;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What seeds that ended well have met.
 *
 * @param seeds how many were run
 * @param events how many events the provider sent in them
 * @param met in how many of the seeds each thing was met
 */
public record Report(int seeds, long events, Map<Coverage, Integer> met) {
  private static final double PERCENT = 100.0;

  /** Copies the map. */
  public Report {
    Map<Coverage, Integer> all = new EnumMap<>(Coverage.class);
    for (Coverage coverage : Coverage.values()) {
      all.put(coverage, met.getOrDefault(coverage, 0));
    }
    met = Map.copyOf(all);
  }

  /** The share of the seeds that met it, in percent. */
  public double percent(Coverage coverage) {
    return seeds == 0 ? 0 : PERCENT * met.getOrDefault(coverage, 0) / seeds;
  }

  /**
   * Insists that everything was met in enough seeds.
   *
   * @throws AssertionError naming what was met too rarely
   */
  public Report requireEach(double atLeastPercent) {
    for (Coverage coverage : Coverage.values()) {
      if (percent(coverage) < atLeastPercent) {
        throw new AssertionError(coverage + " was met too rarely. " + this);
      }
    }
    return this;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("order proof: ")
        .append(seeds)
        .append(" seeds, ")
        .append(events)
        .append(" events, 0 divergences; met in ");
    for (Coverage coverage : Coverage.values()) {
      text.append(String.format(Locale.ROOT, "%.1f %% %s, ", percent(coverage), coverage));
    }
    return text.substring(0, text.length() - 2);
  }
}
