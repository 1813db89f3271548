package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.outbox.SubscriberStore.Due;
import com.tatame.billing.outbox.SubscriberStore.Ended;
import com.tatame.billing.store.BillingStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Ways to deliver accounts' streams that look right and are wrong. */
final class StreamMutants {
  private StreamMutants() {}

  /** Entries come by the time at which they happened. */
  static BillingUnderProof.Flaw sequenceByClock() {
    return claiming((store, due) -> with(
        due,
        due.entries().stream()
            .sorted(Comparator.comparing(
                (PublishedEvent entry) -> entry.event().fact().occurredAt()))
            .toList()));
  }

  /** Entries show the account as it is when they are delivered. */
  static BillingUnderProof.Flaw stateReadAtDelivery() {
    return claiming((store, due) -> {
      FeedFilter ofAccount = new FeedFilter(Optional.of(due.account()), Set.of());
      List<PublishedEvent> all =
          store.eventFeed().page(Optional.empty(), ofAccount, 1000).events();
      return with(
          due,
          due.entries().stream()
              .map(entry -> new PublishedEvent(
                  entry.event(),
                  entry.account(),
                  entry.sequence(),
                  entry.late(),
                  all.get(all.size() - 1).state()))
              .toList());
    });
  }

  /** All that was claimed together counts as received once any of it is. */
  static BillingUnderProof.Flaw oneGlobalCursor() {
    return spoiling((method, arguments) -> {
      if (!method.equals("end")) {
        return;
      }
      List<Ended> ended = new ArrayList<>();
      for (Object each : (List<?>) arguments[1]) {
        ended.add((Ended) each);
      }
      boolean received = ended.stream().anyMatch(each -> each.received() > 0);
      arguments[1] = ended.stream()
          .map(each -> received && each.failure().isPresent()
              ? new Ended(
                  each.subscriber(), each.account(), each.position() + 1, 1, Optional.empty())
              : each)
          .toList();
    });
  }

  private interface Arguments {
    /** Makes the arguments of a call wrong. */
    void spoil(String method, Object[] arguments);
  }

  private interface Claimed {
    Due of(BillingStore store, Due due);
  }

  private static BillingUnderProof.Flaw claiming(Claimed wrong) {
    return new Wrong((method, arguments) -> {}, (store, answer) -> {
      List<Object> due = new ArrayList<>();
      for (Object each : (List<?>) answer) {
        due.add(wrong.of(store, (Due) each));
      }
      return due;
    });
  }

  private static BillingUnderProof.Flaw spoiling(Arguments spoiled) {
    return new Wrong(spoiled, (store, answer) -> answer);
  }

  private interface Answer {
    Object of(BillingStore store, Object answer);
  }

  private record Wrong(Arguments spoiled, Answer claimed) implements BillingUnderProof.Flaw {
    @Override
    public BillingStore of(BillingStore store) {
      return FaultInjector.proxy(BillingStore.class, (proxy, method, arguments) -> {
        Object part = FaultInjector.invoke(method, store, arguments);
        return part instanceof SubscriberStore good ? wrong(store, good) : part;
      });
    }

    private SubscriberStore wrong(BillingStore store, SubscriberStore good) {
      return FaultInjector.proxy(SubscriberStore.class, (proxy, method, arguments) -> {
        spoiled.spoil(method.getName(), arguments);
        Object answer = FaultInjector.invoke(method, good, arguments);
        return method.getName().equals("claim") ? claimed.of(store, answer) : answer;
      });
    }
  }

  private static Due with(Due due, List<PublishedEvent> entries) {
    return new Due(
        due.subscriber(),
        due.account(),
        due.position(),
        due.attempts(),
        due.probing(),
        due.failingSince(),
        entries);
  }
}
