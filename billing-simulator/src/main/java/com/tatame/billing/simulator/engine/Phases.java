package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a schedule does to its subscription when a period ends. */
final class Phases {
  private final Account account;
  private final Events events;

  Phases(Account account, Events events) {
    this.account = account;
    this.events = events;
  }

  private Optional<SubscriptionSchedule> ending(Subscription subscription) {
    return Optional.ofNullable(subscription.schedule)
        .map(account.schedules::get)
        .filter(schedule -> schedule.status.equals("active")
            && schedule.phase().end <= subscription.item().periodEnd);
  }

  private static boolean last(SubscriptionSchedule schedule) {
    return schedule.current == schedule.phases.size() - 1;
  }

  /** The items of the period after the current one, without periods of their own. */
  List<SubscriptionItem> next(Subscription subscription) {
    List<SubscriptionItem> items = new ArrayList<>();
    Optional<SubscriptionSchedule.Phase> phase = ending(subscription)
        .filter(schedule -> !last(schedule))
        .map(schedule -> schedule.phases.get(schedule.current + 1));
    if (phase.isEmpty()) {
      subscription.items.forEach(item -> items.add(item.copy()));
      return items;
    }
    List<SubscriptionSchedule.Item> wanted = phase.get().items;
    for (int i = 0; i < wanted.size(); i++) {
      SubscriptionItem item =
          i < subscription.items.size() ? subscription.items.get(i).copy() : new SubscriptionItem();
      item.price = wanted.get(i).price();
      item.quantity = wanted.get(i).quantity();
      items.add(item);
    }
    return items;
  }

  boolean cancels(Subscription subscription) {
    Optional<SubscriptionSchedule> schedule =
        ending(subscription).filter(ending -> last(ending) && ending.endBehavior.equals("cancel"));
    schedule.ifPresent(ending -> {
      ending.status = "completed";
      events.emit("subscription_schedule.completed", ending);
    });
    return schedule.isPresent();
  }

  /** Begins the phase that follows the one that ends now, or lets the subscription go on by itself. */
  void begin(Subscription subscription) {
    Optional<SubscriptionSchedule> ending = ending(subscription);
    if (ending.isEmpty()) {
      return;
    }
    SubscriptionSchedule schedule = ending.get();
    if (last(schedule)) {
      release(schedule, subscription);
      return;
    }
    Recurrence before = account.price(subscription.item().price).recurrence();
    List<SubscriptionItem> items = next(subscription);
    for (SubscriptionItem item : items) {
      if (item.id.isEmpty()) {
        item.id = account.newId("si_", 14);
        item.created = account.now;
      }
    }
    subscription.items = items;
    if (!before.sameCycle(account.price(subscription.item().price).recurrence())) {
      subscription.anchor = account.now;
      subscription.cycle = -1;
    }
    events.updating("subscription_schedule.updated", schedule, () -> schedule.current++);
  }

  /** A schedule ends with the subscription that it drives. */
  void end(Subscription subscription) {
    Optional.ofNullable(subscription.schedule)
        .map(account.schedules::get)
        .filter(schedule -> schedule.status.equals("active"))
        .ifPresent(schedule -> {
          schedule.status = "canceled";
          schedule.canceledAt = account.now;
          events.emit("subscription_schedule.canceled", schedule);
        });
  }

  void release(SubscriptionSchedule schedule, Subscription subscription) {
    schedule.status = "released";
    schedule.releasedAt = account.now;
    schedule.releasedSubscription = subscription.id;
    schedule.subscription = null;
    subscription.schedule = null;
    events.emit("subscription_schedule.released", schedule);
  }
}
