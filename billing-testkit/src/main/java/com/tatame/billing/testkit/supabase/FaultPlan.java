package com.tatame.billing.testkit.supabase;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/** Which of the coming requests meet a fault. One that is repeated gets through the second time. */
final class FaultPlan {
  private final Set<String> struck = new HashSet<>();
  private final Queue<GatewayFault> next = new ArrayDeque<>();
  private List<GatewayFault> regular = List.of();
  private int interval;
  private long seen;

  synchronized void next(GatewayFault... faults) {
    next.addAll(List.of(faults));
  }

  synchronized void every(int requests, GatewayFault... faults) {
    if (requests < 1 || faults.length == 0) {
      throw new IllegalArgumentException("at least every request, and at least one fault");
    }
    interval = requests;
    regular = List.of(faults);
    seen = 0;
  }

  synchronized void none() {
    next.clear();
    regular = List.of();
  }

  synchronized Optional<GatewayFault> take(String request) {
    GatewayFault planned = next.poll();
    if (planned != null) {
      return Optional.of(planned);
    }
    if (regular.isEmpty() || struck.remove(request) || ++seen % interval != 0) {
      return Optional.empty();
    }
    struck.add(request);
    return Optional.of(regular.get((int) (seen / interval % regular.size())));
  }
}
