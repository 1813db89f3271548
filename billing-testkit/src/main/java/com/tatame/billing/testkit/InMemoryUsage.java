package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.entitlement.UsageTally;
import com.tatame.billing.ledger.AccountFacts;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.observation.Fact;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

final class InMemoryUsage implements UsageStore, ReservationStore {
  private static final Comparator<UsageRow> LATEST_FIRST = Comparator.comparing(
          (UsageRow row) -> row.period().end())
      .reversed()
      .thenComparing(UsageRow::feature)
      .thenComparing(row -> row.period().start());

  private static final Comparator<Held> FIRST_COME =
      Comparator.comparing(Held::at).thenComparing(Held::id);

  private final SharedLock lock;
  private final MirroredRows rows;
  private final InMemoryGrants grants;
  private final InMemoryMeterReports meters;
  private final InMemoryCatalogs catalogs;
  private final Map<Counter, UsageTally> counted = new HashMap<>();
  private final Map<KeyOf, Kept> kept = new HashMap<>();
  private final Set<String> paid = new HashSet<>();
  private final List<Leveled> leveled = new ArrayList<>();

  private record Counter(AccountId account, String feature, Period period) {}

  private record KeyOf(AccountId account, String key) {}

  /** A level that was set: by how much it moved. */
  private record Leveled(AccountId account, String feature, Instant at, long change) {}

  private record Kept(String fingerprint, Consumption consumption) {}

  InMemoryUsage(
      SharedLock lock,
      MirroredRows rows,
      InMemoryGrants grants,
      InMemoryMeterReports meters,
      InMemoryCatalogs catalogs) {
    this.lock = lock;
    this.rows = rows;
    this.grants = grants;
    this.meters = meters;
    this.catalogs = catalogs;
  }

  @Override
  public AccountUsage read(AccountId account, Instant now) {
    return lock.hold(() -> usage(account, now));
  }

  private AccountUsage usage(AccountId account, Instant now) {
    List<UsageRow> open = new ArrayList<>();
    counted.forEach((place, tally) -> {
      if (place.account().equals(account) && place.period().end().isAfter(now)) {
        open.add(new UsageRow(place.feature(), place.period(), tally));
      }
    });
    AccountUsage usage =
        new AccountUsage(rows.recorded(account), version(account), open, grants.open(account, now));
    // All that is in it tells best whether any of it is another.
    return new AccountUsage(
            usage.recorded(), usage.version(), usage.open(), usage.grants(), usage.toString())
        .atRevision(rows.streams().lastSequence(account));
  }

  @Override
  public Map<AccountId, String> states(Set<AccountId> accounts, Instant now) {
    return lock.hold(() -> {
      Map<AccountId, String> states = new HashMap<>();
      accounts.forEach(account -> states.put(account, usage(account, now).state()));
      return states;
    });
  }

  @Override
  public PastUsage past(AccountId account, Instant at) {
    return lock.hold(() -> {
      Optional<RecordedEntitlement> known =
          Optional.ofNullable(rows.history(account).floorEntry(at)).map(Map.Entry::getValue);
      Optional<RecordedEntitlement> hindsight = rows.history(account).values().stream()
          .filter(recorded -> !recorded.effectiveAt().isAfter(at))
          .reduce((before, after) -> after)
          .filter(recorded -> recorded.recordedAt().isAfter(at));
      return new PastUsage(
          known,
          hindsight,
          usage(account, at).open().stream()
              .map(row -> new UsageRow(row.feature(), row.period(), usedBy(account, row, at)))
              .toList(),
          grants.known(account, at, id -> drawnSince(account, id, at)));
    });
  }

  // Today's, without what was used since and with what was given back since.
  private UsageTally usedBy(AccountId account, UsageRow row, Instant at) {
    UsageTally used = kept.entrySet().stream()
        .filter(entry -> entry.getKey().account().equals(account))
        .map(entry -> entry.getValue().consumption())
        .filter(c -> c.feature().equals(row.feature()) && c.period().equals(row.period()))
        .map(c -> undone(c, at))
        .reduce(row.used(), UsageTally::plus);
    long raised = leveled.stream()
        .filter(change -> row.period().endless()
            && change.account().equals(account)
            && change.feature().equals(row.feature())
            && change.at().isAfter(at))
        .mapToLong(Leveled::change)
        .sum();
    return UsageTally.NONE
        .plus(PriceBand.INCLUDED, used.included() - raised)
        .plus(PriceBand.OVERAGE, used.overage())
        .plus(PriceBand.FULL_PRICE, used.fullPrice())
        .plusGranted(used.granted());
  }

  private static UsageTally undone(Consumption c, Instant at) {
    long units = -since(c, at) * (c.amount() - c.granted());
    return new UsageTally(
        c.place() == PriceBand.INCLUDED ? units : 0,
        c.place() == PriceBand.OVERAGE ? units : 0,
        c.place() == PriceBand.FULL_PRICE ? units : 0,
        -since(c, at) * c.granted());
  }

  // Whether it was used since, or given back since, which takes from today's and adds to it.
  private static int since(Consumption consumption, Instant at) {
    boolean released = consumption.releasedAt().filter(when -> when.isAfter(at)).isPresent();
    return (consumption.at().isAfter(at) ? 1 : 0) - (released ? 1 : 0);
  }

  private long drawnSince(AccountId account, String grant, Instant at) {
    return kept.entrySet().stream()
        .filter(entry -> entry.getKey().account().equals(account))
        .map(entry -> entry.getValue().consumption())
        .mapToLong(c -> since(c, at) * c.ofGrants().getOrDefault(grant, 0L))
        .sum();
  }

  private String version(AccountId account) {
    return rows.entitlement(account)
            .map(AccountEntitlement::sources)
            .map(Object::toString)
            .orElse("")
        + grants.mark(account);
  }

  @Override
  public List<DebitResult> consume(List<UsageDebit> debits) {
    return lock.hold(() -> debits.stream().map(this::consume).toList());
  }

  private DebitResult consume(UsageDebit debit) {
    KeyOf key = new KeyOf(debit.account(), debit.key());
    Kept before = kept.get(key);
    if (before != null) {
      return before.fingerprint().equals(debit.fingerprint())
          ? new DebitResult.Granted(
              before.consumption(), !before.consumption().id().equals(debit.id()))
          : new DebitResult.KeyReused();
    }
    if (!debit.version().equals(version(debit.account()))) {
      return new DebitResult.Stale();
    }
    UsageTally used =
        usage(debit.account(), debit.at()).used(debit.feature(), debit.period(), debit.at());
    Map<String, Long> left = grants.left(debit.account());
    Optional<UsageDebit.Taken> possible = debit.takenOf(used, left);
    if (possible.isEmpty()) {
      return new DebitResult.Denied();
    }
    UsageDebit.Taken taken = possible.get();
    Consumption consumption = consumption(debit, used, taken, left);
    long paid = taken.place() == PriceBand.INCLUDED ? 0 : debit.amount();
    counted.merge(
        new Counter(debit.account(), debit.feature(), debit.period()),
        UsageTally.NONE
            .plus(PriceBand.INCLUDED, taken.included())
            .plus(taken.place(), paid)
            .plusGranted(consumption.granted()),
        UsageTally::plus);
    taken.ofGrants().forEach(grants::debit);
    kept.put(key, new Kept(debit.fingerprint(), consumption));
    meters.used(debit, consumption);
    appendCrossed(debit, consumption);
    return new DebitResult.Granted(consumption, false);
  }

  private void appendCrossed(UsageDebit debit, Consumption consumption) {
    List<Integer> thresholds = catalogs.thresholds(debit.tier(), debit.feature());
    for (int threshold : consumption.crossed(thresholds)) {
      Fact fact = AccountFacts.thresholdCrossed(
          debit.account(),
          debit.feature(),
          debit.period(),
          threshold,
          consumption.used(),
          consumption.limit().orElseThrow(),
          debit.at());
      BillingEvent event =
          new BillingEvent(fact, Optional.of(debit.account()), Cause.DECISION, debit.at());
      rows.ledger().append(event, debit.at());
    }
  }

  private static Consumption consumption(
      UsageDebit debit, UsageTally used, UsageDebit.Taken taken, Map<String, Long> left) {
    long granted = debit.offers().stream()
        .flatMap(offer -> offer.grant().stream())
        .mapToLong(id -> left.getOrDefault(id, 0L) - taken.ofGrants().getOrDefault(id, 0L))
        .sum();
    return new Consumption(
        debit.id(),
        debit.feature(),
        debit.period(),
        taken.place(),
        debit.amount(),
        used.included() + taken.included(),
        debit.offers().stream()
            .filter(
                offer -> offer.place() == PriceBand.INCLUDED && offer.grant().isEmpty())
            .flatMap(offer -> offer.limit().stream())
            .findFirst(),
        taken.discountPercent(),
        debit.at(),
        Optional.empty(),
        taken.ofGrants(),
        granted);
  }

  @Override
  public Optional<Consumption> find(AccountId account, String feature, String consumptionId) {
    return lock.hold(() -> kept.entrySet().stream()
        .filter(entry -> entry.getKey().account().equals(account))
        .map(entry -> entry.getValue().consumption())
        .filter(consumption ->
            consumption.id().equals(consumptionId) && consumption.feature().equals(feature))
        .findFirst());
  }

  @Override
  public Optional<Consumption> release(
      AccountId account, String feature, String consumptionId, Instant now) {
    return lock.hold(() -> kept.entrySet().stream()
        .filter(entry -> entry.getKey().account().equals(account)
            && entry.getValue().consumption().id().equals(consumptionId)
            && entry.getValue().consumption().feature().equals(feature))
        .findFirst()
        .map(entry -> entry.getValue().consumption().releasedAt().isPresent()
            ? entry.getValue().consumption()
            : release(entry.getKey(), entry.getValue(), now)));
  }

  private Consumption release(KeyOf key, Kept entry, Instant now) {
    Consumption c = entry.consumption();
    counted.computeIfPresent(
        new Counter(key.account(), c.feature(), c.period()),
        (place, tally) ->
            tally.plus(c.place(), c.granted() - c.amount()).plusGranted(-c.granted()));
    c.ofGrants().forEach((id, units) -> grants.debit(id, -units));
    Consumption released = c.released(now);
    kept.put(key, new Kept(entry.fingerprint(), released));
    meters.released(key.account(), released);
    return released;
  }

  @Override
  public List<Held> held(Optional<Held> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> kept.entrySet().stream()
        .filter(entry -> undecided(entry.getValue().consumption()))
        .map(entry -> new Held(
            entry.getKey().account(),
            entry.getValue().consumption().id(),
            entry.getValue().consumption().at()))
        .filter(
            held -> after.filter(last -> FIRST_COME.compare(last, held) >= 0).isEmpty())
        .sorted(FIRST_COME)
        .limit(limit)
        .toList());
  }

  @Override
  public boolean settle(AccountId account, String id, Outcome outcome, Instant now) {
    return lock.hold(() -> {
      Optional<Map.Entry<KeyOf, Kept>> held = kept.entrySet().stream()
          .filter(entry -> entry.getKey().account().equals(account)
              && entry.getValue().consumption().id().equals(id)
              && undecided(entry.getValue().consumption()))
          .findFirst();
      held.ifPresent(entry -> {
        if (outcome == Outcome.KEPT) {
          paid.add(id);
        } else {
          release(entry.getKey(), entry.getValue(), now);
        }
      });
      return held.isPresent();
    });
  }

  private boolean undecided(Consumption consumption) {
    return consumption.id().startsWith(PREFIX)
        && consumption.releasedAt().isEmpty()
        && !paid.contains(consumption.id());
  }

  /** The unit that was taken under a key; the store's lock is held. */
  Optional<String> unitUnder(AccountId account, String key) {
    return Optional.ofNullable(kept.get(new KeyOf(account, key)))
        .map(entry -> entry.consumption().id());
  }

  /** Makes what one account used another's; the store's lock is held. */
  boolean move(AccountId from, AccountId to) {
    List<Counter> own = counted.keySet().stream()
        .filter(counter -> counter.account().equals(from))
        .toList();
    own.forEach(counter -> counted.merge(
        new Counter(to, counter.feature(), counter.period()),
        Objects.requireNonNull(counted.remove(counter)),
        UsageTally::plus));
    List<KeyOf> keys =
        kept.keySet().stream().filter(key -> key.account().equals(from)).toList();
    keys.forEach(key -> {
      Kept entry = Objects.requireNonNull(kept.remove(key));
      KeyOf same = new KeyOf(to, key.key());
      kept.put(
          kept.containsKey(same) ? new KeyOf(to, from.value() + " " + key.key()) : same, entry);
    });
    return !own.isEmpty();
  }

  @Override
  public void set(AccountId account, String feature, long value, Instant now) {
    lock.hold(() -> {
      Counter level = new Counter(account, feature, Period.LIFETIME);
      long before = counted.getOrDefault(level, UsageTally.NONE).included();
      leveled.add(new Leveled(account, feature, now, value - before));
      return counted.put(level, new UsageTally(value, 0, 0));
    });
  }

  @Override
  public List<UsageRow> list(
      AccountId account, Optional<String> feature, Optional<UsageRow> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> counted.entrySet().stream()
        .filter(entry -> entry.getKey().account().equals(account))
        .map(entry ->
            new UsageRow(entry.getKey().feature(), entry.getKey().period(), entry.getValue()))
        .filter(row -> feature.filter(only -> !only.equals(row.feature())).isEmpty())
        .filter(
            row -> after.filter(last -> LATEST_FIRST.compare(last, row) >= 0).isEmpty())
        .sorted(LATEST_FIRST)
        .limit(limit)
        .toList());
  }

  @Override
  public int prune(Instant before) {
    return lock.hold(() -> {
      int had = kept.size();
      leveled.removeIf(change -> change.at().isBefore(before));
      kept.values()
          .removeIf(entry -> entry.consumption().at().isBefore(before)
              && entry
                  .consumption()
                  .releasedAt()
                  .filter(at -> !at.isBefore(before))
                  .isEmpty());
      return had - kept.size();
    });
  }
}
