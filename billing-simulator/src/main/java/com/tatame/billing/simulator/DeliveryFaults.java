package com.tatame.billing.simulator;

import java.time.Duration;

/**
 * How webhooks go wrong on their way. What chance decides, the simulator's seed decides; percentages are 0 to 100 and hold for
 * each webhook by itself.
 *
 * @param drop how many of the next webhooks are lost and never sent
 * @param dropPercent how many of the others are lost
 * @param duplicatePercent how many are sent twice
 * @param delay the wall time that a delayed webhook waits before it is sent
 * @param delayPercent how many are delayed
 * @param shuffle whether webhooks that go out together, from one step or after having been held, go in any order
 * @param window holds webhooks back until there are so many, then sends them shuffled; 0 holds none back
 * @param hold whether webhooks are held back until they are released
 */
public record DeliveryFaults(
    int drop,
    int dropPercent,
    int duplicatePercent,
    Duration delay,
    int delayPercent,
    boolean shuffle,
    int window,
    boolean hold) {
  /** Everything arrives, once and in order. */
  public static final DeliveryFaults NONE =
      new DeliveryFaults(0, 0, 0, Duration.ZERO, 0, false, 0, false);

  private static final int ALL = 100;

  /** Rejects negative amounts and what is no percentage. */
  public DeliveryFaults {
    notNegative("drop", drop);
    notNegative("window", window);
    percentage("dropPercent", dropPercent);
    percentage("duplicatePercent", duplicatePercent);
    percentage("delayPercent", delayPercent);
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay is a time to wait, it is " + delay);
    }
  }

  /** Each is sent twice or once, some are lost, those of one step go in any order. */
  public DeliveryFaults(boolean duplicate, int drop, boolean shuffle) {
    this(drop, 0, duplicate ? ALL : 0, Duration.ZERO, 0, shuffle, 0, false);
  }

  private static void notNegative(String name, int number) {
    if (number < 0) {
      throw new IllegalArgumentException(name + " is a number of webhooks, it is " + number);
    }
  }

  private static void percentage(String name, int percent) {
    if (percent < 0 || percent > ALL) {
      throw new IllegalArgumentException(name + " is 0 to 100, it is " + percent);
    }
  }

  /** Also loses the next so many. */
  public DeliveryFaults dropping(int next) {
    return new DeliveryFaults(
        next, dropPercent, duplicatePercent, delay, delayPercent, shuffle, window, hold);
  }

  /** Also loses so many of a hundred. */
  public DeliveryFaults droppingPercent(int percent) {
    return new DeliveryFaults(
        drop, percent, duplicatePercent, delay, delayPercent, shuffle, window, hold);
  }

  /** Also sends so many of a hundred twice. */
  public DeliveryFaults duplicatingPercent(int percent) {
    return new DeliveryFaults(
        drop, dropPercent, percent, delay, delayPercent, shuffle, window, hold);
  }

  /** Also delays so many of a hundred by this wall time. */
  public DeliveryFaults delaying(Duration by, int percent) {
    return new DeliveryFaults(
        drop, dropPercent, duplicatePercent, by, percent, shuffle, window, hold);
  }

  /** Also sends in any order what goes out together. */
  public DeliveryFaults shuffled() {
    return new DeliveryFaults(
        drop, dropPercent, duplicatePercent, delay, delayPercent, true, window, hold);
  }

  /** Also holds back until there are so many, whatever requests caused them, and sends those shuffled. */
  public DeliveryFaults shufflingWindowsOf(int webhooks) {
    return new DeliveryFaults(
        drop, dropPercent, duplicatePercent, delay, delayPercent, shuffle, webhooks, hold);
  }

  /** Also holds back everything until it is released. */
  public DeliveryFaults held() {
    return new DeliveryFaults(
        drop, dropPercent, duplicatePercent, delay, delayPercent, shuffle, window, true);
  }
}
