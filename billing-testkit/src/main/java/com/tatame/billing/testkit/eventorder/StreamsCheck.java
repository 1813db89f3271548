package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.outbox.AccountState;
import com.tatame.billing.outbox.EventCursor;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.FeedPage;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Receives what all nodes deliver, failing now and then, and holds it against the feed: each entry at
 * least once, no account's before the one in front of it, none without its fact, and in the end the
 * account as its rows are.
 */
final class StreamsCheck {
  private static final int FAILS_ONE_IN = 6;
  private static final int PAGE = 100;

  private final ProofWorld world;
  private final Map<AccountId, List<PublishedEvent>> received = new HashMap<>();
  private final List<String> complaints = new ArrayList<>();

  StreamsCheck(ProofWorld world) {
    this.world = world;
  }

  String subscriber() {
    return "proof-" + world.seed();
  }

  void handle(PublishedEvent event) {
    if (!ofThisSeed(event.account())) {
      return;
    }
    if (world.hostile() && world.random().nextInt(FAILS_ONE_IN) == 0) {
      throw new IllegalStateException("a handler fails now and then");
    }
    List<PublishedEvent> before =
        received.computeIfAbsent(event.account(), account -> new ArrayList<>());
    world.trace("received " + event.account().value() + " " + event.sequence());
    if (event.sequence() > before.size() + 1) {
      complaints.add(event.account().value() + ": entry " + event.sequence() + " came after "
          + before.size() + " entries");
    } else if (event.sequence() <= before.size()) {
      require(before.get((int) event.sequence() - 1), event);
    } else {
      before.add(event);
    }
    world.meanwhile();
  }

  private void require(PublishedEvent before, PublishedEvent again) {
    if (!before.equals(again)) {
      complaints.add(again.account().value() + ": entry " + again.sequence() + " came as " + before
          + " and as " + again);
    }
  }

  private boolean ofThisSeed(AccountId account) {
    return account.value().startsWith("user_" + world.seed() + "_");
  }

  /** Whether everything was delivered. */
  boolean idle(BillingStore store, Instant billingNow) {
    return store.eventFeed().dueEntitlements(billingNow, PAGE).isEmpty()
        && store.subscribers().list().stream()
            .filter(subscriber -> subscriber.name().equals(subscriber()))
            .mapToLong(SubscriberStatus::waiting)
            .allMatch(waiting -> waiting == 0);
  }

  /**
   * What is wrong, once all is quiet.
   *
   * @param facts the keys of all facts that are stored of the seed's objects
   */
  List<String> complaints(BillingStore store, Set<String> facts) {
    List<String> all = new ArrayList<>(complaints);
    Map<AccountId, List<PublishedEvent>> streams = streams(store);
    Set<String> entries = new TreeSet<>();
    streams.forEach((account, stream) -> {
      for (int i = 0; i < stream.size(); i++) {
        entries.add(stream.get(i).id());
        if (stream.get(i).sequence() != i + 1) {
          all.add(account.value() + ": the feed has entry " + stream.get(i).sequence()
              + " at place " + (i + 1));
        }
      }
      List<PublishedEvent> told = received.getOrDefault(account, List.of());
      if (!told.equals(stream)) {
        all.add(account.value() + ": received " + told.size() + " of " + stream.size()
            + " entries, or others");
      }
      if (store.eventFeed().lastSequence(account) != stream.size()) {
        all.add(account.value() + ": its stream has another length than the feed has entries");
      }
      all.addAll(differences(store, account, stream.get(stream.size() - 1)));
    });
    Set<String> withoutFact = new TreeSet<>(entries);
    withoutFact.removeAll(facts);
    withoutFact.removeIf(id -> id.contains(":updated:") || id.contains(":entitlement:"));
    if (!withoutFact.isEmpty()) {
      all.add("entries without a fact: " + withoutFact);
    }
    return all;
  }

  /** The entries of the seed's accounts, as who pulls them sees them. */
  Map<AccountId, List<PublishedEvent>> streams(BillingStore store) {
    Map<AccountId, List<PublishedEvent>> streams = new HashMap<>();
    Optional<EventCursor> cursor = Optional.empty();
    while (true) {
      FeedPage page = store.eventFeed().page(cursor, FeedFilter.ALL, PAGE);
      if (page.events().isEmpty()) {
        return streams;
      }
      page.events().stream()
          .filter(event -> ofThisSeed(event.account()))
          .forEach(event -> streams
              .computeIfAbsent(event.account(), account -> new ArrayList<>())
              .add(event));
      cursor = page.next();
    }
  }

  private static List<String> differences(
      BillingStore store, AccountId account, PublishedEvent last) {
    Optional<SubjectId> customer =
        store.customers().find(account).map(found -> new SubjectId(found.customerId()));
    if (customer.isEmpty()) {
      return List.of();
    }
    Map<String, String> rows = new TreeMap<>();
    store
        .projections()
        .load(List.of(new SubjectQuery(customer.get(), new HashSet<>(), Set.of())))
        .values()
        .forEach(known -> known.rows().values().stream()
            .flatMap(row -> row.state().stream())
            .filter(Subscription.class::isInstance)
            .map(Subscription.class::cast)
            .filter(subscription -> !subscription.terminal())
            .forEach(subscription -> rows.put(subscription.id(), text(subscription))));
    Map<String, String> shown = new TreeMap<>();
    last.state()
        .map(AccountState::subscriptions)
        .orElse(List.of())
        .forEach(subscription -> shown.put(subscription.id(), text(subscription)));
    return rows.equals(shown)
        ? List.of()
        : List.of(account.value() + ": the last entry shows " + shown + ", the rows are " + rows);
  }

  private static String text(Subscription subscription) {
    return subscription.status().code() + " " + subscription.mainItem().quantity() + " until "
        + subscription.currentPeriodEnd().getEpochSecond();
  }

  private static String text(AccountState.SubscriptionState subscription) {
    return subscription.status() + " " + subscription.quantity() + " until "
        + subscription.currentPeriodEnd().getEpochSecond();
  }
}
