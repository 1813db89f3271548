package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Draw;
import com.tatame.billing.entitlement.DrawResult;
import com.tatame.billing.entitlement.Place;
import com.tatame.billing.entitlement.Tally;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class InMemoryUsage implements UsageStore {
  private static final Comparator<UsageRow> LATEST_FIRST = Comparator.comparing(
          (UsageRow row) -> row.period().end())
      .reversed()
      .thenComparing(UsageRow::feature)
      .thenComparing(row -> row.period().start());

  private final SharedLock lock;
  private final MirroredRows rows;
  private final Map<Counter, Tally> counted = new HashMap<>();
  private final Map<KeyOf, Kept> kept = new HashMap<>();

  private record Counter(AccountId account, String feature, Period period) {}

  private record KeyOf(AccountId account, String key) {}

  private record Kept(String fingerprint, Consumption consumption) {}

  InMemoryUsage(SharedLock lock, MirroredRows rows) {
    this.lock = lock;
    this.rows = rows;
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
    return new AccountUsage(rows.entitlement(account), version(account), open);
  }

  private String version(AccountId account) {
    return rows.entitlement(account)
        .map(AccountEntitlement::sources)
        .map(Object::toString)
        .orElse("");
  }

  @Override
  public List<DrawResult> consume(List<Draw> draws) {
    return lock.hold(() -> draws.stream().map(this::consume).toList());
  }

  private DrawResult consume(Draw draw) {
    KeyOf key = new KeyOf(draw.account(), draw.key());
    Kept before = kept.get(key);
    if (before != null) {
      return before.fingerprint().equals(draw.fingerprint())
          ? new DrawResult.Granted(
              before.consumption(), !before.consumption().id().equals(draw.id()))
          : new DrawResult.KeyReused();
    }
    if (!draw.version().equals(version(draw.account()))) {
      return new DrawResult.Stale();
    }
    Tally used = usage(draw.account(), draw.at()).used(draw.feature(), draw.period(), draw.at());
    Optional<Draw.Offer> taken = draw.takenOf(used);
    if (taken.isEmpty()) {
      return new DrawResult.Denied();
    }
    Place place = taken.get().place();
    counted.merge(
        new Counter(draw.account(), draw.feature(), draw.period()),
        Tally.NONE.plus(place, draw.amount()),
        Tally::plus);
    Consumption consumption = new Consumption(
        draw.id(),
        draw.feature(),
        draw.period(),
        place,
        draw.amount(),
        used.plus(place, draw.amount()).included(),
        draw.offers().stream()
            .filter(offer -> offer.place() == Place.INCLUDED)
            .flatMap(offer -> offer.limit().stream())
            .findFirst(),
        taken.get().discountPercent(),
        draw.at(),
        Optional.empty());
    kept.put(key, new Kept(draw.fingerprint(), consumption));
    return new DrawResult.Granted(consumption, false);
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
        (place, tally) -> tally.plus(c.place(), -c.amount()));
    Consumption released = new Consumption(
        c.id(),
        c.feature(),
        c.period(),
        c.place(),
        c.amount(),
        c.used(),
        c.limit(),
        c.discountPercent(),
        c.at(),
        Optional.of(now));
    kept.put(key, new Kept(entry.fingerprint(), released));
    return released;
  }

  @Override
  public void set(AccountId account, String feature, long value, Instant now) {
    lock.hold(
        () -> counted.put(new Counter(account, feature, Period.LIFETIME), new Tally(value, 0, 0)));
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
  public void publish(Catalog catalog) {
    // Nobody writes SQL here.
  }

  @Override
  public int prune(Instant before) {
    return lock.hold(() -> {
      int had = kept.size();
      kept.values().removeIf(entry -> entry.consumption().at().isBefore(before));
      return had - kept.size();
    });
  }
}
