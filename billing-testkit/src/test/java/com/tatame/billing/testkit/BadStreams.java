package com.tatame.billing.testkit;

import com.tatame.billing.failure.CursorReset;
import com.tatame.billing.outbox.AccountState;
import com.tatame.billing.outbox.EntitlementDecision;
import com.tatame.billing.outbox.EventCursor;
import com.tatame.billing.outbox.EventFeedStore;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.FeedPage;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.outbox.SubscriberStore.Due;
import com.tatame.billing.outbox.SubscriberStore.Ended;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Stores that break one rule of accounts' streams and their delivery each. */
final class BadStreams {
  private BadStreams() {}

  /** Shows entries otherwise than they were appended. */
  abstract static class Showing extends ForwardingStore {
    abstract List<PublishedEvent> shown(List<PublishedEvent> entries);

    @Override
    public EventFeedStore eventFeed() {
      return spoil(EventFeedStore.class, good.eventFeed(), Map.of("page", args -> {
        @SuppressWarnings("unchecked")
        Optional<EventCursor> after = (Optional<EventCursor>) args[0];
        FeedPage page = good.eventFeed().page(after, (FeedFilter) args[1], (Integer) args[2]);
        return new FeedPage(shown(page.events()), page.next());
      }));
    }

    static PublishedEvent with(PublishedEvent event, long sequence, boolean late) {
      return new PublishedEvent(event.event(), event.account(), sequence, late, event.state());
    }
  }

  static class NumbersFromZero extends Showing {
    @Override
    List<PublishedEvent> shown(List<PublishedEvent> entries) {
      return entries.stream()
          .map(entry -> with(entry, entry.sequence() - 1, entry.late()))
          .toList();
    }
  }

  /** Keeps no state by which it would know what it stated before. */
  static class StatesLastThresholdAgain extends Showing {
    @Override
    List<PublishedEvent> shown(List<PublishedEvent> entries) {
      List<PublishedEvent> doubled = new ArrayList<>(entries);
      entries.stream()
          .filter(entry -> entry.type().equals("limit.threshold_crossed"))
          .forEach(doubled::add);
      return doubled;
    }
  }

  static class StatesNoCatalog extends Showing {
    @Override
    List<PublishedEvent> shown(List<PublishedEvent> entries) {
      return entries.stream()
          .filter(entry -> !entry.type().equals("catalog.published"))
          .toList();
    }
  }

  static class ForgetsWhatIsLate extends Showing {
    @Override
    List<PublishedEvent> shown(List<PublishedEvent> entries) {
      return entries.stream().map(entry -> with(entry, entry.sequence(), false)).toList();
    }
  }

  /** Reads the state when it is asked and not when it was appended. */
  static class ShowsTheLastState extends Showing {
    private static final AccountState NOTHING =
        new AccountState(Optional.empty(), List.of(), List.of());

    @Override
    List<PublishedEvent> shown(List<PublishedEvent> entries) {
      return entries.stream()
          .map(entry -> new PublishedEvent(
              entry.event(), entry.account(), entry.sequence(), entry.late(), Optional.of(NOTHING)))
          .toList();
    }
  }

  static class AnswersAnyCursor extends ForwardingStore {
    @Override
    public EventFeedStore eventFeed() {
      return spoil(EventFeedStore.class, good.eventFeed(), Map.of("page", args -> {
        try {
          @SuppressWarnings("unchecked")
          Optional<EventCursor> after = (Optional<EventCursor>) args[0];
          return good.eventFeed().page(after, (FeedFilter) args[1], (Integer) args[2]);
        } catch (CursorReset e) {
          return new FeedPage(List.of(), Optional.empty());
        }
      }));
    }
  }

  static class PublishesWhateverChangedMeanwhile extends ForwardingStore {
    @Override
    public EventFeedStore eventFeed() {
      return spoil(EventFeedStore.class, good.eventFeed(), Map.of("publish", args -> {
        good.eventFeed().publish((EntitlementDecision) args[0]);
        return true;
      }));
    }
  }

  /** Changes how deliveries are claimed and ended. */
  abstract static class Delivering extends ForwardingStore {
    private final Map<String, String> claims = new HashMap<>();

    String claim(String claim) {
      return claim;
    }

    Ended ended(Ended ended) {
      return ended;
    }

    List<Due> due(List<Due> due) {
      return due;
    }

    @Override
    public SubscriberStore subscribers() {
      return spoil(
          SubscriberStore.class,
          good.subscribers(),
          Map.of(
              "claim",
              args -> {
                String asked = (String) args[0];
                claims.put(asked, claim(asked));
                @SuppressWarnings("unchecked")
                Map<String, Integer> most = (Map<String, Integer>) args[1];
                return due(good.subscribers()
                    .claim(
                        claim(asked),
                        most,
                        (Integer) args[2],
                        (Integer) args[3],
                        (Instant) args[4],
                        (Duration) args[5]));
              },
              "end",
              args -> {
                List<Ended> all = new ArrayList<>();
                for (Object each : (List<?>) args[1]) {
                  all.add(ended((Ended) each));
                }
                @SuppressWarnings("unchecked")
                List<SubscriberStore.Attempt> attempts = (List<SubscriberStore.Attempt>) args[2];
                String asked = (String) args[0];
                return good.subscribers()
                    .end(claims.getOrDefault(asked, asked), all, attempts, (Instant) args[3]);
              }));
    }
  }

  static class TakesAllClaimsForOne extends Delivering {
    @Override
    String claim(String claim) {
      return "node";
    }
  }

  static class MovesBeyondWhatFailed extends Delivering {
    @Override
    Ended ended(Ended ended) {
      return ended.failure().isEmpty()
          ? ended
          : new Ended(
              ended.subscriber(), ended.account(), ended.position() + 1, 1, Optional.empty());
    }
  }

  static class DeliversTheLastEntryAlone extends Delivering {
    @Override
    List<Due> due(List<Due> due) {
      UnaryOperator<Due> last = each -> new Due(
          each.subscriber(),
          each.account(),
          each.position(),
          each.attempts(),
          each.probing(),
          each.failingSince(),
          each.entries().subList(each.entries().size() - 1, each.entries().size()));
      return due.stream().map(last).toList();
    }
  }

  /** Tries all accounts of a subscriber that fails for all. */
  static class NeverProbes extends ForwardingStore {
    @Override
    public SubscriberStore subscribers() {
      return spoil(SubscriberStore.class, good.subscribers(), Map.of("claim", args -> {
        @SuppressWarnings("unchecked")
        Map<String, Integer> most = (Map<String, Integer>) args[1];
        return good.subscribers()
            .claim(
                (String) args[0],
                most,
                (Integer) args[2],
                Integer.MAX_VALUE,
                (Instant) args[4],
                (Duration) args[5]);
      }));
    }
  }
}
