package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.subscription.Subscription;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What commits wrote. Not thread-safe: callers hold the store's lock. */
final class MirroredRows {
  private static final Comparator<PendingRead> URGENCY = Comparator.comparing(PendingRead::priority)
      .thenComparing(PendingRead::since)
      .thenComparing(PendingRead::object);

  private final Map<SubjectId, Long> versions = new HashMap<>();
  private final Map<ObjectRef, StoredObject> objects = new TreeMap<>();
  private final Map<ObjectRef, SubjectId> subjects = new HashMap<>();
  private final InMemoryStreams streams;
  private final InMemoryLedger ledger;
  private final Map<AccountId, Change.Link> links = new HashMap<>();
  private final Map<AccountId, RecordedEntitlement> entitlements = new HashMap<>();
  private final Map<AccountId, NavigableMap<Instant, RecordedEntitlement>> entitledBefore =
      new HashMap<>();
  private final Map<AccountId, Long> entitledSeverally = new LinkedHashMap<>();
  private final Map<ObjectRef, PendingRead> pending = new HashMap<>();
  private final Map<List<String>, Principal> users = new LinkedHashMap<>();

  private long changesOfSeveral;

  private long catalogVersion;

  MirroredRows(SharedLock lock) {
    streams = new InMemoryStreams(lock, this);
    ledger = new InMemoryLedger(this, streams);
  }

  /** Accounts' streams. */
  InMemoryStreams streams() {
    return streams;
  }

  /** Of the catalog that was published last; 0 before the first. */
  long catalogVersion() {
    return catalogVersion;
  }

  void published(long version) {
    catalogVersion = version;
  }

  long version(SubjectId subject) {
    return versions.getOrDefault(subject, 0L);
  }

  SubjectState known(SubjectQuery wanted) {
    SubjectId subject = wanted.subject();
    Map<ObjectRef, StoredObject> found = new HashMap<>();
    objects.forEach((ref, row) -> {
      if (wanted.objects().contains(ref)
          || row.state().filter(state -> alwaysLoaded(state, subject)).isPresent()) {
        found.put(ref, row);
      }
    });
    Map<AccountId, String> customerOf = new HashMap<>();
    for (AccountId account : wanted.accounts()) {
      link(account).ifPresent(link -> customerOf.put(account, link.customerId()));
    }
    Optional<AccountId> linked = accountOf(subject.value());
    return new SubjectState(
        subject, version(subject), found, linked, customerOf, linked.flatMap(this::recorded));
  }

  private static boolean alwaysLoaded(ProviderObject state, SubjectId subject) {
    boolean decides = state instanceof Subscription
        || (state instanceof Invoice invoice && invoice.status() == InvoiceStatus.OPEN);
    return decides && state.subject().equals(subject);
  }

  Stream<Subscription> subscriptions() {
    return objects.values().stream()
        .flatMap(row -> row.state().stream())
        .filter(Subscription.class::isInstance)
        .map(Subscription.class::cast);
  }

  Optional<Change.Link> link(AccountId account) {
    return Optional.ofNullable(links.get(account));
  }

  /** All customers that an account is linked to. */
  Stream<String> linkedCustomers() {
    return links.values().stream().map(Change.Link::customerId);
  }

  Optional<AccountId> accountOf(String customerId) {
    return links.values().stream()
        .filter(link -> link.customerId().equals(customerId))
        .map(Change.Link::account)
        .findFirst();
  }

  Optional<AccountEntitlement> entitlement(AccountId account) {
    return recorded(account).map(RecordedEntitlement::entitlement);
  }

  Optional<RecordedEntitlement> recorded(AccountId account) {
    return Optional.ofNullable(entitlements.get(account));
  }

  /** What was known of an account, by the instant since when; what lived no time is not among it. */
  NavigableMap<Instant, RecordedEntitlement> history(AccountId account) {
    return entitledBefore.getOrDefault(account, new TreeMap<>());
  }

  Optional<ProviderObject> state(ObjectRef ref) {
    return Optional.ofNullable(objects.get(ref)).flatMap(StoredObject::state);
  }

  /** The objects of one type that are not gone, by id. */
  <T extends ProviderObject> Stream<T> living(Class<T> type) {
    return objects.values().stream()
        .flatMap(row -> row.state().stream())
        .filter(type::isInstance)
        .map(type::cast);
  }

  /** The facts, and whose they are. */
  InMemoryLedger ledger() {
    return ledger;
  }

  List<Fact> factsOf(SubjectId subject) {
    return ledger.facts().filter(fact -> fact.subject().equals(subject)).toList();
  }

  /** The facts of one type, in the order in which they were appended. */
  Stream<Fact> factsOfType(String type) {
    return ledger.facts().filter(fact -> fact.type().equals(type));
  }

  List<PendingRead> pendingReads() {
    return pending.values().stream().sorted(URGENCY).toList();
  }

  void storeUser(Principal user) {
    users.put(List.of(user.issuer(), user.subject()), user);
  }

  List<Principal> users() {
    return List.copyOf(users.values());
  }

  void raiseVersion(SubjectId subject) {
    versions.merge(subject, 1L, Long::sum);
  }

  /** The objects that were ever put or found gone. */
  Set<ObjectRef> refs() {
    return Set.copyOf(objects.keySet());
  }

  /** Whose object it is. */
  SubjectId subject(ObjectRef object) {
    return Optional.ofNullable(subjects.get(object)).orElseThrow();
  }

  void apply(SubjectId subject, Change change) {
    if (change instanceof Change.Put put) {
      subjects.put(put.state().ref(), put.state().subject());
      objects.put(
          put.state().ref(), new StoredObject(Optional.of(put.state()), put.asOf(), put.source()));
    } else if (change instanceof Change.Tombstone tombstone) {
      subjects.putIfAbsent(tombstone.object(), subject);
      objects.put(
          tombstone.object(),
          new StoredObject(Optional.empty(), tombstone.asOf(), tombstone.source()));
    } else if (change instanceof Change.Link link) {
      links.put(link.account(), link);
    } else if (change instanceof Change.Entitle entitle) {
      entitle(entitle.recorded());
    } else if (change instanceof Change.RequireRead require) {
      PendingRead read =
          new PendingRead(require.object(), subject, require.priority(), require.since());
      pending.merge(require.object(), read, MirroredRows::moreUrgent);
    } else if (change instanceof Change.SettleRead settle) {
      pending.remove(settle.object());
    }
  }

  private void entitle(RecordedEntitlement recorded) {
    AccountEntitlement entitlement = recorded.entitlement();
    entitlements.put(entitlement.account(), recorded);
    entitledBefore
        .computeIfAbsent(entitlement.account(), account -> new TreeMap<>())
        .put(recorded.recordedAt(), recorded);
    entitledSeverally.remove(entitlement.account());
    if (entitlement.sources().size() > 1) {
      entitledSeverally.put(entitlement.account(), ++changesOfSeveral);
    }
  }

  /** Accounts with several subscriptions that entitle, and the number of the change that made it so. */
  Map<AccountId, Long> entitledSeverally() {
    return entitledSeverally;
  }

  private static PendingRead moreUrgent(PendingRead stored, PendingRead required) {
    return new PendingRead(
        stored.object(),
        required.subject(),
        stored.priority().compareTo(required.priority()) <= 0
            ? stored.priority()
            : required.priority(),
        stored.since().isBefore(required.since()) ? stored.since() : required.since());
  }
}
