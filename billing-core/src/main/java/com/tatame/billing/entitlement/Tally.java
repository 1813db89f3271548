package com.tatame.billing.entitlement;

/** How many units are used of each place. */
public record Tally(long included, long overage, long fullPrice) {
  /** Nothing is used. */
  public static final Tally NONE = new Tally(0, 0, 0);

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
        place == Place.FULL_PRICE ? Math.max(0, fullPrice + units) : fullPrice);
  }

  public Tally plus(Tally other) {
    return new Tally(
        included + other.included, overage + other.overage, fullPrice + other.fullPrice);
  }
}
