package com.tatame.billing.testkit.simulator;

/**
 * How webhooks go wrong on their way.
 *
 * @param duplicate whether each event is sent twice
 * @param drop how many of the next events are lost and never sent
 * @param shuffle whether the events that one step causes are sent in a random (seeded) order
 */
public record DeliveryFaults(boolean duplicate, int drop, boolean shuffle) {
  /** Everything arrives, once and in order. */
  public static final DeliveryFaults NONE = new DeliveryFaults(false, 0, false);

  public DeliveryFaults {
    if (drop < 0) {
      throw new IllegalArgumentException("drop is a number of events, it is " + drop);
    }
  }
}
