package com.tatame.billing.simulator;

import com.tatame.billing.simulator.engine.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Applies faults to first attempts and holds back what they say. Not thread-safe. */
final class DeliveryDisorder {
  private static final int ALL = 100;

  private final Random random;
  private final List<Delivery> held = new ArrayList<>();
  private DeliveryFaults faults = DeliveryFaults.NONE;
  private int stillToDrop;

  DeliveryDisorder(long seed) {
    random = new Random(seed);
  }

  /** A webhook that gets through, after a wait. */
  record Passed(Delivery delivery, Duration delay) {}

  /** Changes the faults, and lets go what the new ones don't hold back. */
  List<Passed> become(DeliveryFaults wanted) {
    boolean letGo = !wanted.hold() && wanted.window() == 0;
    List<Passed> released = letGo ? release() : List.of();
    faults = wanted;
    stillToDrop = wanted.drop();
    return released;
  }

  /** What gets through now of these webhooks and of those that were held before. */
  List<Passed> pass(List<Delivery> deliveries) {
    List<Delivery> arriving = new ArrayList<>();
    for (Delivery delivery : inTheirOrder(deliveries)) {
      if (stillToDrop > 0) {
        stillToDrop--;
      } else if (!happens(faults.dropPercent())) {
        arriving.add(delivery);
        if (happens(faults.duplicatePercent())) {
          arriving.add(delivery);
        }
      }
    }
    if (!faults.hold() && faults.window() == 0) {
      return delayed(arriving);
    }
    held.addAll(arriving);
    return !faults.hold() && held.size() >= faults.window() ? release() : List.of();
  }

  /** Lets go everything that is held back. */
  List<Passed> release() {
    List<Delivery> released = new ArrayList<>(held);
    held.clear();
    if (faults.window() > 0) {
      Collections.shuffle(released, random);
    }
    return delayed(inTheirOrder(released));
  }

  void reset() {
    held.clear();
  }

  private List<Delivery> inTheirOrder(List<Delivery> deliveries) {
    List<Delivery> ordered = new ArrayList<>(deliveries);
    if (faults.shuffle()) {
      Collections.shuffle(ordered, random);
    }
    return ordered;
  }

  private List<Passed> delayed(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(delivery ->
            new Passed(delivery, happens(faults.delayPercent()) ? faults.delay() : Duration.ZERO))
        .toList();
  }

  private boolean happens(int percent) {
    return percent > 0 && random.nextInt(ALL) < percent;
  }
}
