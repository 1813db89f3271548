package com.tatame.billing.catalog;

import com.tatame.billing.money.Amounts;
import java.util.List;
import java.util.Optional;

/** Something that a plan gives or withholds. */
public sealed interface Feature {
  /** The name of its kind on the wire: {@code flag}, {@code counter}, {@code gauge}, {@code unlimited}. */
  String kind();

  /**
   * The provider's meter that every unit used of it is reported to, by the name of its events; empty
   * where nothing is reported.
   */
  default Optional<String> meter() {
    return Optional.empty();
  }

  /** On or off. */
  record Flag(boolean included) implements Feature {
    @Override
    public String kind() {
      return "flag";
    }
  }

  /**
   * So many units in each window.
   *
   * @param limit units that the plan includes in a window, at least 0
   * @param maxItemPrice what a unit may cost by itself to be taken from the limit, in each currency;
   *     empty for any price
   * @param overage what holds beyond the limit; empty if nothing more is given
   * @param thresholds shares of the limit in percent, 1 to 100 and ascending; when one is used up, that
   *     is an event, once in a window
   */
  record Counter(
      long limit,
      Window window,
      Optional<Amounts> maxItemPrice,
      Optional<Overage> overage,
      Optional<String> meter,
      List<Integer> thresholds)
      implements Feature {
    /** Nothing beyond the limit, whatever a unit costs. */
    public Counter(long limit, Window window) {
      this(limit, window, Optional.empty(), Optional.empty());
    }

    /** Neither metered nor watched. */
    public Counter(
        long limit, Window window, Optional<Amounts> maxItemPrice, Optional<Overage> overage) {
      this(limit, window, maxItemPrice, overage, Optional.empty());
    }

    /** Without thresholds. */
    public Counter(
        long limit,
        Window window,
        Optional<Amounts> maxItemPrice,
        Optional<Overage> overage,
        Optional<String> meter) {
      this(limit, window, maxItemPrice, overage, meter, List.of());
    }

    /** The same with these thresholds. */
    public Counter withThresholds(List<Integer> percents) {
      return new Counter(limit, window, maxItemPrice, overage, meter, percents);
    }

    public Counter {
      if (limit < 0) {
        throw new IllegalArgumentException("limit must not be negative: " + limit);
      }
      thresholds = List.copyOf(thresholds);
    }

    @Override
    public String kind() {
      return "counter";
    }
  }

  /**
   * A level that goes up and down, such as storage.
   *
   * @param limit the ceiling, at least 0
   */
  record Gauge(long limit) implements Feature {
    public Gauge {
      if (limit < 0) {
        throw new IllegalArgumentException("limit must not be negative: " + limit);
      }
    }

    @Override
    public String kind() {
      return "gauge";
    }
  }

  /**
   * As much as one likes; it is counted all the same.
   *
   * @param window in which it is counted
   */
  record Unlimited(Window window, Optional<String> meter) implements Feature {
    /** Not metered. */
    public Unlimited(Window window) {
      this(window, Optional.empty());
    }

    @Override
    public String kind() {
      return "unlimited";
    }
  }
}
