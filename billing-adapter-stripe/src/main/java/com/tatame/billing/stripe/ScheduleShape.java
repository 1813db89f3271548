package com.tatame.billing.stripe;

import com.tatame.billing.subscription.SubscriptionSchedule;
import java.util.Optional;

/** Subscription schedules. */
final class ScheduleShape {
  private ScheduleShape() {}

  static SubscriptionSchedule read(Fields schedule) {
    return new SubscriptionSchedule(
        schedule.text("id"),
        schedule.id("customer"),
        schedule
            .optionalId("subscription")
            .or(() -> schedule.optionalText("released_subscription")),
        schedule.constant("status", SubscriptionSchedule.Status.class),
        schedule.text("end_behavior"),
        schedule.objects("phases").stream().map(ScheduleShape::phase).toList(),
        schedule.instant("created"),
        schedule.optionalInstant("completed_at"),
        schedule.optionalInstant("released_at"),
        schedule.optionalInstant("canceled_at"));
  }

  private static SubscriptionSchedule.Phase phase(Fields phase) {
    return new SubscriptionSchedule.Phase(
        phase.instant("start_date"),
        phase.instant("end_date"),
        phase.objects("items").stream().map(ScheduleShape::item).toList());
  }

  private static SubscriptionSchedule.Item item(Fields item) {
    return new SubscriptionSchedule.Item(
        item.id("price"),
        item.has("quantity") ? item.optionalNumber("quantity") : Optional.<Long>empty());
  }
}
