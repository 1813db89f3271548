package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class SubscriptionSchedule extends StripeObject {
  String status = "active";
  String customer = "";
  String endBehavior = "release";
  List<Phase> phases = new ArrayList<>();
  /** The phase that runs now. */
  int current;

  @Nullable
  String subscription;

  @Nullable
  String releasedSubscription;

  @Nullable
  Long canceledAt;

  @Nullable
  Long releasedAt;

  Phase phase() {
    return phases.get(current);
  }

  /** What is sold from one instant to another. */
  static final class Phase {
    long start;
    long end;
    String prorationBehavior = "create_prorations";
    List<Item> items = new ArrayList<>();
  }

  /** One price and how many of it. */
  record Item(String price, long quantity) {}
}
