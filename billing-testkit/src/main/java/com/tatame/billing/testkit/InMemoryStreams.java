package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.failure.CursorReset;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.outbox.AccountState;
import com.tatame.billing.outbox.AccountState.GrantState;
import com.tatame.billing.outbox.AccountState.SubscriptionState;
import com.tatame.billing.outbox.DueEntitlement;
import com.tatame.billing.outbox.EntitlementDecision;
import com.tatame.billing.outbox.EventCursor;
import com.tatame.billing.outbox.EventFeedStore;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.FeedPage;
import com.tatame.billing.outbox.PublishedEntitlement;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.subscription.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Accounts' streams. Thread-safe by the store's lock. */
final class InMemoryStreams implements EventFeedStore {
  /** What is in memory has one history. */
  private static final int EPOCH = 1;

  private final SharedLock lock;
  private final MirroredRows rows;
  private final Map<AccountId, Stream> streams = new HashMap<>();
  private final List<Entry> feed = new ArrayList<>();
  private Function<AccountId, List<Grant>> grants = account -> List.of();
  private BiConsumer<AccountId, Long> appended = (account, position) -> {};
  private int pruned;

  private static final class Stream {
    final List<PublishedEvent> entries = new ArrayList<>();
    Instant latest = Instant.MIN;
    Optional<PublishedEntitlement> published = Optional.empty();
    long marks;
    Optional<Instant> examineAt = Optional.empty();
  }

  private record Entry(AccountId account, int place) {}

  InMemoryStreams(SharedLock lock, MirroredRows rows) {
    this.lock = lock;
    this.rows = rows;
  }

  void showing(Function<AccountId, List<Grant>> grantsOf) {
    grants = grantsOf;
  }

  /** Calls this with the account and the number of entries before the new ones. */
  void onAppend(BiConsumer<AccountId, Long> listener) {
    appended = listener;
  }

  private Stream stream(AccountId account) {
    return streams.computeIfAbsent(account, id -> new Stream());
  }

  /** Appends the events of one commit to the streams of their accounts. */
  void append(List<BillingEvent> events, Instant now) {
    Map<AccountId, Long> before = new HashMap<>();
    events.stream()
        .sorted(Comparator.comparing((BillingEvent event) -> event.fact().occurredAt())
            .thenComparing(BillingEvent::id))
        .forEach(event -> {
          AccountId account = event.account().orElseThrow();
          Stream stream = stream(account);
          before.putIfAbsent(account, (long) stream.entries.size());
          Instant at = event.fact().occurredAt();
          stream.entries.add(new PublishedEvent(
              event,
              account,
              stream.entries.size() + 1L,
              at.isBefore(stream.latest),
              Optional.of(state(account, now))));
          stream.latest = at.isAfter(stream.latest) ? at : stream.latest;
          feed.add(new Entry(account, stream.entries.size() - 1));
        });
    before.forEach(appended);
  }

  private AccountState state(AccountId account, Instant now) {
    return new AccountState(
        stream(account).published.map(PublishedEntitlement::tier),
        rows.link(account).map(Change.Link::customerId).stream()
            .flatMap(customer -> rows.subscriptions()
                .filter(subscription -> subscription.customerId().equals(customer)))
            .filter(subscription -> !subscription.terminal())
            .sorted(Comparator.comparing(Subscription::id))
            .map(InMemoryStreams::state)
            .toList(),
        grants.apply(account).stream()
            .filter(grant -> grant.revoked().isEmpty())
            .filter(grant -> grant.expiresAt().map(now::isBefore).orElse(true))
            .sorted(Comparator.comparing(Grant::id))
            .map(InMemoryStreams::state)
            .toList());
  }

  private static SubscriptionState state(Subscription subscription) {
    return new SubscriptionState(
        subscription.id(),
        subscription.status().code(),
        subscription.tier(),
        subscription.interval().map(interval -> interval.code()),
        subscription.mainItem().quantity(),
        subscription.currentPeriodEnd(),
        subscription.trialEnd(),
        subscription
            .cancelAt()
            .or(() -> subscription.ends()
                ? Optional.of(subscription.currentPeriodEnd())
                : Optional.empty()));
  }

  private static GrantState state(Grant grant) {
    Optional<String> tier = Optional.empty();
    Optional<String> feature = Optional.empty();
    Optional<Long> units = Optional.empty();
    if (grant.gift() instanceof GrantContent.Tier given) {
      tier = Optional.of(given.tier());
    } else if (grant.gift() instanceof GrantContent.Units given) {
      feature = Optional.of(given.feature());
      units = Optional.of(given.units());
    } else if (grant.gift() instanceof GrantContent.Flag given) {
      feature = Optional.of(given.feature());
    }
    return new GrantState(grant.id(), tier, feature, units, grant.startsAt(), grant.expiresAt());
  }

  /** The entries behind a position. */
  List<PublishedEvent> after(AccountId account, long position, int limit) {
    List<PublishedEvent> entries = stream(account).entries;
    return List.copyOf(entries.subList((int) Math.min(position, entries.size()), (int)
        Math.min(position + limit, entries.size())));
  }

  /** The accounts with entries since then, and the position before the first of them. */
  Map<AccountId, Long> since(Instant since) {
    Map<AccountId, Long> positions = new HashMap<>();
    streams.forEach((account, stream) -> stream.entries.stream()
        .filter(entry -> !entry.event().knownAt().isBefore(since))
        .findFirst()
        .ifPresent(entry -> positions.put(account, entry.sequence() - 1)));
    return positions;
  }

  /** The account's entitlement may have changed. */
  void examine(AccountId account) {
    Stream stream = stream(account);
    stream.marks++;
    stream.examineAt = Optional.of(Instant.MIN);
  }

  @Override
  public FeedPage page(Optional<EventCursor> after, FeedFilter filter, int limit) {
    return lock.hold(() -> {
      int begin = after.map(this::place).orElse(pruned);
      List<PublishedEvent> events = new ArrayList<>();
      int end = begin;
      for (int i = begin; i < feed.size() && events.size() < limit; i++) {
        PublishedEvent event = event(feed.get(i));
        if (filter.account().map(event.account()::equals).orElse(true)
            && (filter.types().isEmpty() || filter.types().contains(event.type()))) {
          events.add(event);
          end = i + 1;
        }
      }
      return new FeedPage(events, events.isEmpty() ? after : Optional.of(cursor(end)));
    });
  }

  private PublishedEvent event(Entry entry) {
    return stream(entry.account()).entries.get(entry.place());
  }

  // A place is the number of entries before it.
  private EventCursor cursor(int place) {
    Entry last = feed.get(place - 1);
    return new EventCursor(
        epochId(), EPOCH, place, last.account().value(), event(last).sequence());
  }

  private String epochId() {
    return Integer.toHexString(EPOCH);
  }

  private int place(EventCursor cursor) {
    if (!cursor.epochId().equals(epochId())
        || cursor.transaction() > feed.size()
        || cursor.transaction() <= pruned) {
      throw new CursorReset();
    }
    return (int) cursor.transaction();
  }

  @Override
  public boolean checkEpoch() {
    return false;
  }

  @Override
  public int prune(Instant before, int limit) {
    return lock.hold(() -> {
      int count = 0;
      while (count < limit
          && pruned < feed.size()
          && event(feed.get(pruned)).event().knownAt().isBefore(before)) {
        Entry entry = feed.get(pruned++);
        PublishedEvent event = event(entry);
        stream(entry.account())
            .entries
            .set(
                entry.place(),
                new PublishedEvent(
                    event.event(),
                    event.account(),
                    event.sequence(),
                    event.late(),
                    Optional.empty()));
        count++;
      }
      return count;
    });
  }

  @Override
  public long lastSequence(AccountId account) {
    return lock.hold(() -> (long) stream(account).entries.size());
  }

  @Override
  public List<DueEntitlement> dueEntitlements(Instant now, int limit) {
    return lock.hold(() -> streams.entrySet().stream()
        .filter(each -> each.getValue().examineAt.filter(at -> !at.isAfter(now)).isPresent())
        .sorted(Comparator.comparing(
                (Map.Entry<AccountId, Stream> each) -> each.getValue().examineAt.orElseThrow())
            .thenComparing(each -> each.getKey().value()))
        .limit(limit)
        .map(each ->
            new DueEntitlement(each.getKey(), each.getValue().marks, each.getValue().published))
        .toList());
  }

  @Override
  public boolean publish(EntitlementDecision decision) {
    return lock.hold(() -> {
      AccountId account = decision.due().account();
      Stream stream = stream(account);
      if (stream.marks != decision.due().marks()
          || rows.catalogVersion() > decision.catalogVersion()) {
        return false;
      }
      stream.published = Optional.of(decision.decided());
      stream.marks++;
      stream.examineAt = decision.nextAt();
      boolean shown = decision.change().isEmpty()
          && !stream.entries.isEmpty()
          && stream
              .entries
              .get(stream.entries.size() - 1)
              .state()
              .equals(Optional.of(state(account, decision.now())));
      if (!shown) {
        BillingEvent event = new BillingEvent(
            decision.change().orElse(decision.update()),
            Optional.of(account),
            Cause.DECISION,
            decision.now());
        rows.ledger().append(event, decision.now());
      }
      return true;
    });
  }
}
