package com.tatame.billing.testkit;

/**
 * How badly a network treats webhooks on one delivery; the chances are percentages, 0 to 100, and
 * are taken in the order of the components.
 *
 * @param shuffled whether they arrive in any order
 * @param delayed stays undelivered until the next delivery
 * @param dropped never arrives, and the sender believes that it did
 * @param doubled arrives, but its acknowledgement is lost, so that it comes again
 */
public record Disorder(boolean shuffled, int delayed, int dropped, int doubled) {
  /** Everything arrives once, in the order in which it happened. */
  public static final Disorder NONE = new Disorder(false, 0, 0, 0);

  /** Rejects what is not a percentage. */
  public Disorder {
    for (int chance : new int[] {delayed, dropped, doubled}) {
      if (chance < 0 || chance > 100) {
        throw new IllegalArgumentException("a chance is 0 to 100 percent, not " + chance);
      }
    }
  }
}
