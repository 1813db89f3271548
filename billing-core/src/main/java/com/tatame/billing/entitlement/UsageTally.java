package com.tatame.billing.entitlement;

/**
 * How many units are used of each place.
 *
 * @param included of the plan's own
 * @param granted drawn from grants, which count them, too
 */
public record UsageTally(long included, long overage, long fullPrice, long granted) {
  /** Nothing is used. */
  public static final UsageTally NONE = new UsageTally(0, 0, 0, 0);

  /** Without any from grants. */
  public UsageTally(long included, long overage, long fullPrice) {
    this(included, overage, fullPrice, 0);
  }

  public long of(PriceBand place) {
    return switch (place) {
      case INCLUDED -> included;
      case OVERAGE -> overage;
      case FULL_PRICE -> fullPrice;
    };
  }

  /** This, with more of one place; never less than nothing. */
  public UsageTally plus(PriceBand place, long units) {
    return new UsageTally(
        place == PriceBand.INCLUDED ? Math.max(0, included + units) : included,
        place == PriceBand.OVERAGE ? Math.max(0, overage + units) : overage,
        place == PriceBand.FULL_PRICE ? Math.max(0, fullPrice + units) : fullPrice,
        granted);
  }

  /** This, with more from grants; never less than nothing. */
  public UsageTally plusGranted(long units) {
    return new UsageTally(included, overage, fullPrice, Math.max(0, granted + units));
  }

  /** All units. */
  public long total() {
    return included + overage + fullPrice + granted;
  }

  public UsageTally plus(UsageTally other) {
    return new UsageTally(
        included + other.included,
        overage + other.overage,
        fullPrice + other.fullPrice,
        granted + other.granted);
  }
}
