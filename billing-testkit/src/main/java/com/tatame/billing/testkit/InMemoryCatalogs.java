package com.tatame.billing.testkit;

import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogStore;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.PublishedCatalog;
import com.tatame.billing.ledger.AccountFacts;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.Cause;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

final class InMemoryCatalogs implements CatalogStore {
  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final MirroredRows mirrored;
  private final InMemoryMeterReports meters;
  private final List<PublishedCatalog> versions = new ArrayList<>();

  InMemoryCatalogs(
      SharedLock lock, MirroredRows mirrored, InMemoryMeterReports meters, InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
    this.mirrored = mirrored;
    this.meters = meters;
  }

  @Override
  public Optional<PublishedCatalog> newerThan(long version) {
    return lock.hold(() -> last().filter(published -> published.version() > version));
  }

  @Override
  public PublishedCatalog publish(Catalog catalog, Instant now, AuditEntry audit) {
    return audited.changing(
        audit,
        versions::size,
        () -> last().filter(same -> same.has(catalog)).orElseGet(() -> add(catalog, now)));
  }

  @Override
  public PublishedCatalog publishIfNew(Catalog catalog, Instant now, AuditEntry audit) {
    return audited.changing(
        audit,
        versions::size,
        () -> versions.stream().anyMatch(before -> before.has(catalog))
            ? last().orElseThrow()
            : add(catalog, now));
  }

  private Optional<PublishedCatalog> last() {
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
  }

  private PublishedCatalog add(Catalog catalog, Instant now) {
    PublishedCatalog published = new PublishedCatalog(
        versions.size() + 1L, now.truncatedTo(ChronoUnit.MICROS), Optional.of(catalog));
    versions.add(published);
    mirrored.published(published.version());
    meters.publish(catalog);
    if (versions.size() > 1) {
      mirrored.ledger().append(published(published, now), now);
    }
    return published;
  }

  private static BillingEvent published(PublishedCatalog published, Instant now) {
    return new BillingEvent(
        AccountFacts.catalogPublished(published.version(), published.publishedAt()),
        Optional.of(AccountFacts.CATALOG),
        Cause.DECISION,
        now);
  }

  /** The thresholds of a tier's feature in the catalog that is in force; the store's lock is held. */
  List<Integer> thresholds(String tier, String name) {
    return last()
        .flatMap(PublishedCatalog::content)
        .flatMap(catalog -> catalog.plan(tier))
        .map(plan -> plan.features().get(name))
        .filter(Feature.Counter.class::isInstance)
        .map(Feature.Counter.class::cast)
        .map(Feature.Counter::thresholds)
        .orElse(List.of());
  }

  @Override
  public Map<String, Long> liveSubscriptions(Set<String> tiers, int max) {
    return lock.hold(() -> {
      Map<String, Long> counts = new TreeMap<>();
      mirrored
          .subscriptions()
          .filter(subscription -> subscription.status().live())
          .flatMap(subscription -> subscription.tier().stream())
          .filter(tiers::contains)
          .forEach(tier -> counts.merge(tier, 1L, (a, b) -> Math.min(max, a + b)));
      return counts;
    });
  }
}
