package com.tatame.billing.entitlement;

/**
 * How many units are used of each place.
 *
 * @param included of the plan's own
 * @param granted drawn from grants, which count them, too
 */
public record Tally(long included, long overage, long fullPrice, long granted) {
  /** Nothing is used. */
  public static final Tally NONE = new Tally(0, 0, 0, 0);

  /** Without any from grants. */
  public Tally(long included, long overage, long fullPrice) {
    this(included, overage, fullPrice, 0);
  }

  public long of(Place place) {
    return switch (place) {
      case INCLUDED -> included;
      case OVERAGE -> overage;
      case FULL_PRICE -> fullPrice;
    };
  }

  /** This, with more of one place; never less than nothing. */
  public Tally plus(Place place, long units) {
    return new Tally(
        place == Place.INCLUDED ? Math.max(0, included + units) : included,
        place == Place.OVERAGE ? Math.max(0, overage + units) : overage,
        place == Place.FULL_PRICE ? Math.max(0, fullPrice + units) : fullPrice,
        granted);
  }

  /** This, with more from grants; never less than nothing. */
  public Tally plusGranted(long units) {
    return new Tally(included, overage, fullPrice, Math.max(0, granted + units));
  }

  /** All units. */
  public long total() {
    return included + overage + fullPrice + granted;
  }

  public Tally plus(Tally other) {
    return new Tally(
        included + other.included,
        overage + other.overage,
        fullPrice + other.fullPrice,
        granted + other.granted);
  }
}
