package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.outbox.EndpointStore;
import com.tatame.billing.outbox.EventEndpoint;
import com.tatame.billing.outbox.ParkedAccount;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.outbox.SubscriberStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Who receives entries. Thread-safe by the store's lock. */
final class InMemorySubscribers implements SubscriberStore {
  private final SharedLock lock;
  private final InMemoryStreams streams;
  private final InMemoryAudit audited;
  private final Map<String, Subscriber> subscribers = new TreeMap<>();
  private final Map<String, EventEndpoint> endpoints = new TreeMap<>();
  private final List<StoredAttempt> attempts = new ArrayList<>();
  private long lastAttempt;

  private static final class Subscriber {
    final Kind kind;
    final Instant createdAt;
    final Map<AccountId, Position> positions =
        new TreeMap<>(Comparator.comparing(AccountId::value));
    int failures;
    Optional<String> lastReplay = Optional.empty();
    Optional<Instant> failingSince = Optional.empty();
    Optional<Instant> probeAt = Optional.empty();

    Subscriber(Kind kind, Instant createdAt) {
      this.kind = kind;
      this.createdAt = createdAt;
    }
  }

  private static final class Position {
    long sequence;
    Optional<Instant> dueAt = Optional.empty();
    int attempts;
    Optional<String> error = Optional.empty();
    boolean blocked;
    Optional<String> claim = Optional.empty();
    Instant leaseUntil = Instant.MIN;
    int released;
  }

  InMemorySubscribers(SharedLock lock, InMemoryStreams streams, InMemoryAudit audited) {
    this.lock = lock;
    this.streams = streams;
    this.audited = audited;
    streams.onAppend(this::mark);
  }

  private void mark(AccountId account, long before) {
    Instant at = streams.after(account, before, 1).get(0).event().knownAt();
    subscribers.values().forEach(subscriber -> {
      Position position = subscriber.positions.computeIfAbsent(account, id -> {
        Position first = new Position();
        first.sequence = before;
        return first;
      });
      if (position.dueAt.isEmpty()) {
        position.dueAt = Optional.of(at);
      }
    });
  }

  @Override
  public void add(String name, Kind kind, Instant now) {
    lock.hold(() -> subscribers.computeIfAbsent(name, any -> new Subscriber(kind, now)));
  }

  @Override
  public void remove(String name, AuditEntry audit) {
    audited.changing(audit, () -> subscribers.containsKey(name), () -> {
      attempts.removeIf(each -> each.attempt().subscriber().equals(name));
      endpoints.remove(name);
      return Optional.ofNullable(subscribers.remove(name));
    });
  }

  @Override
  public List<SubscriberStatus> list() {
    return lock.hold(() -> subscribers.entrySet().stream()
        .map(each -> status(each.getKey(), each.getValue()))
        .toList());
  }

  private SubscriberStatus status(String name, Subscriber subscriber) {
    return new SubscriberStatus(
        name,
        subscriber.kind,
        subscriber.createdAt,
        subscriber.failures,
        subscriber.failingSince,
        waiting(subscriber).count(),
        waiting(subscriber).filter(each -> each.getValue().attempts > 0).count(),
        subscriber.positions.values().stream().filter(each -> each.blocked).count(),
        waiting(subscriber)
            .flatMap(each -> streams.after(each.getKey(), each.getValue().sequence, 1).stream())
            .map(entry -> entry.event().knownAt())
            .min(Comparator.naturalOrder()));
  }

  private static Stream<Map.Entry<AccountId, Position>> waiting(Subscriber subscriber) {
    return subscriber.positions.entrySet().stream()
        .filter(each -> each.getValue().dueAt.isPresent() && !each.getValue().blocked);
  }

  @Override
  public List<Due> claim(
      String claim,
      Map<String, Integer> most,
      int entries,
      int probing,
      Instant now,
      Duration lease) {
    return lock.hold(() -> new TreeMap<>(most)
        .entrySet().stream()
            .filter(each -> subscribers.containsKey(each.getKey()))
            .flatMap(each ->
                claim(each.getKey(), each.getValue(), claim, entries, probing, now, lease).stream())
            .toList());
  }

  private List<Due> claim(
      String name, int most, String claim, int entries, int probing, Instant now, Duration lease) {
    Subscriber subscriber = Optional.ofNullable(subscribers.get(name)).orElseThrow();
    boolean probes = subscriber.failures >= probing;
    List<Map.Entry<AccountId, Position>> due = waiting(subscriber)
        .filter(each -> !each.getValue().dueAt.orElseThrow().isAfter(now))
        .filter(each -> !each.getValue().leaseUntil.isAfter(now))
        .sorted(Comparator.comparing(
                (Map.Entry<AccountId, Position> each) -> each.getValue().dueAt.orElseThrow())
            .thenComparing(each -> each.getKey().value()))
        .limit(probes ? 1 : most)
        .toList();
    if (probes && (due.isEmpty() || subscriber.probeAt.filter(now::isBefore).isPresent())) {
      return List.of();
    }
    if (probes) {
      subscriber.probeAt = Optional.of(now.plus(lease));
    }
    return due.stream()
        .map(each -> {
          Position position = each.getValue();
          position.claim = Optional.of(claim);
          position.leaseUntil = now.plus(lease);
          return new Due(
              name,
              each.getKey(),
              position.sequence,
              position.attempts,
              probes,
              subscriber.failingSince,
              streams.after(each.getKey(), position.sequence, entries));
        })
        .toList();
  }

  @Override
  public int end(String claim, List<Ended> ended, List<Attempt> made, Instant now) {
    return lock.hold(() -> {
      made.forEach(attempt -> attempts.add(new StoredAttempt(++lastAttempt, attempt)));
      return (int) ended.stream().filter(each -> !end(claim, each, now)).count();
    });
  }

  private boolean end(String claim, Ended ended, Instant now) {
    Optional<Subscriber> known = Optional.ofNullable(subscribers.get(ended.subscriber()));
    Optional<Position> held = known
        .map(each -> each.positions.get(ended.account()))
        .filter(each -> each.claim.filter(claim::equals).isPresent());
    if (held.isEmpty()) {
      return false;
    }
    Subscriber subscriber = known.orElseThrow();
    Position position = held.get();
    position.sequence = ended.position();
    position.claim = Optional.empty();
    position.leaseUntil = Instant.MIN;
    boolean more = !streams.after(ended.account(), ended.position(), 1).isEmpty();
    if (ended.received() > 0) {
      subscriber.failures = 0;
      subscriber.failingSince = Optional.empty();
      subscriber.probeAt = Optional.empty();
    }
    if (ended.failure().isEmpty()) {
      position.attempts = 0;
      position.error = Optional.empty();
      position.blocked = false;
      position.dueAt = more ? Optional.of(now) : Optional.empty();
      return true;
    }
    Failure failure = ended.failure().get();
    if (failure.counted()) {
      position.attempts = ended.received() > 0 ? 1 : position.attempts + 1;
    }
    position.error = Optional.of(failure.error());
    position.blocked = failure.blocked();
    position.dueAt = more ? Optional.of(failure.nextAt()) : Optional.empty();
    subscriber.failures++;
    subscriber.failingSince = subscriber.failingSince.or(() -> Optional.of(now));
    subscriber.probeAt = Optional.of(failure.probeAt());
    return true;
  }

  @Override
  public List<ParkedAccount> parked(String subscriber, Optional<AccountId> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> parked(subscriber)
        .filter(
            each -> each.account().value().compareTo(after.map(AccountId::value).orElse("")) > 0)
        .limit(limit)
        .toList());
  }

  @Override
  public Optional<ParkedAccount> parked(String subscriber, AccountId account) {
    return lock.hold(
        () -> parked(subscriber).filter(each -> each.account().equals(account)).findFirst());
  }

  private Stream<ParkedAccount> parked(String name) {
    return Optional.ofNullable(subscribers.get(name)).stream()
        .flatMap(subscriber -> subscriber.positions.entrySet().stream())
        .filter(
            each -> each.getValue().dueAt.isPresent() && each.getValue().error.isPresent())
        .map(each -> parked(each.getKey(), each.getValue()));
  }

  private ParkedAccount parked(AccountId account, Position position) {
    return new ParkedAccount(
        account,
        position.sequence + 1,
        streams.after(account, position.sequence, 1).get(0).id(),
        position.attempts,
        position.error,
        position.blocked,
        position.dueAt.orElseThrow());
  }

  @Override
  public boolean retry(
      String subscriber, AccountId account, long sequence, Instant now, AuditEntry audit) {
    return release(subscriber, account, sequence, 0, now, audit);
  }

  @Override
  public boolean skip(
      String subscriber, AccountId account, long sequence, Instant now, AuditEntry audit) {
    return release(subscriber, account, sequence, 1, now, audit);
  }

  private boolean release(
      String name, AccountId account, long sequence, int skipped, Instant now, AuditEntry audit) {
    return audited.entering(audit, released -> released, () -> {
      Optional<Position> parked = Optional.ofNullable(subscribers.get(name))
          .map(each -> each.positions.get(account))
          .filter(each -> each.sequence + 1 == sequence && each.dueAt.isPresent());
      parked.ifPresent(position -> {
        position.sequence += skipped;
        position.released++;
        release(position, now);
      });
      return parked.isPresent();
    });
  }

  private static void release(Position position, Instant now) {
    position.attempts = 0;
    position.error = Optional.empty();
    position.blocked = false;
    position.claim = Optional.empty();
    position.leaseUntil = Instant.MIN;
    position.dueAt = Optional.of(now);
  }

  @Override
  public int replay(
      String subscriber, String request, Instant since, Instant now, AuditEntry audit) {
    return audited.changing(
        audit,
        () -> Optional.ofNullable(subscribers.get(subscriber)).flatMap(each -> each.lastReplay),
        () -> {
          Map<AccountId, Long> again = streams.since(since);
          Optional.ofNullable(subscribers.get(subscriber))
              .filter(each -> !each.lastReplay.equals(Optional.of(request)))
              .ifPresent(replayed -> {
                replayed.lastReplay = Optional.of(request);
                again.forEach((account, before) -> {
                  boolean known = replayed.positions.containsKey(account);
                  Position position =
                      replayed.positions.computeIfAbsent(account, id -> new Position());
                  position.sequence = known ? Math.min(position.sequence, before) : before;
                  release(position, now);
                });
              });
          return again.size();
        });
  }

  @Override
  public List<StoredAttempt> attempts(String subscriber, Optional<Long> before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> attempts.stream()
        .filter(each -> each.attempt().subscriber().equals(subscriber))
        .filter(each -> before.map(id -> each.id() < id).orElse(true))
        .sorted(Comparator.comparing(StoredAttempt::id).reversed())
        .limit(limit)
        .toList());
  }

  @Override
  public void pruneAttempts(Instant before) {
    lock.hold(() -> attempts.removeIf(each -> each.attempt().at().isBefore(before)));
  }

  /** Their addresses. */
  EndpointStore endpoints() {
    return new Endpoints();
  }

  private final class Endpoints implements EndpointStore {
    @Override
    public void add(EventEndpoint endpoint, Instant now, AuditEntry audit) {
      audited.changing(audit, () -> endpoints.containsKey(endpoint.id()), () -> {
        InMemorySubscribers.this.add(endpoint.id(), Kind.ENDPOINT, now);
        return Optional.ofNullable(endpoints.putIfAbsent(endpoint.id(), endpoint));
      });
    }

    @Override
    public void update(EventEndpoint endpoint, AuditEntry audit) {
      audited.changing(
          audit,
          () -> find(endpoint.id()),
          () -> find(endpoint.id())
              .map(before -> endpoints.put(
                  endpoint.id(), with(endpoint, before.secret(), before.previous()))));
    }

    @Override
    public boolean replaceSecrets(EventEndpoint endpoint, String expected, AuditEntry audit) {
      return audited.entering(audit, replaced -> replaced, () -> {
        Optional<EventEndpoint> before =
            find(endpoint.id()).filter(each -> each.secret().equals(expected));
        before.ifPresent(each ->
            endpoints.put(endpoint.id(), with(each, endpoint.secret(), endpoint.previous())));
        return before.isPresent();
      });
    }

    private EventEndpoint with(
        EventEndpoint endpoint, String secret, Optional<EventEndpoint.PreviousSecret> previous) {
      return new EventEndpoint(
          endpoint.id(),
          endpoint.url(),
          endpoint.description(),
          endpoint.types(),
          endpoint.active(),
          endpoint.createdAt(),
          secret,
          previous);
    }

    @Override
    public Optional<EventEndpoint> find(String id) {
      return lock.hold(() -> Optional.ofNullable(endpoints.get(id)));
    }

    @Override
    public List<EventEndpoint> list() {
      return lock.hold(() -> List.copyOf(endpoints.values()));
    }
  }
}
