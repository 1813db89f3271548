package com.tatame.billing.testkit.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class SubscriptionSchedule extends StripeObject {
  String status = "active";
  String customer = "";
  String endBehavior = "release";
  long phaseStart;
  long phaseEnd;

  @Nullable
  String subscription;

  @Nullable
  String releasedSubscription;

  @Nullable
  Long canceledAt;

  @Nullable
  Long releasedAt;

  List<SubscriptionItem> items = new ArrayList<>();
}
