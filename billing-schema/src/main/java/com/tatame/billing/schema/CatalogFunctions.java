package com.tatame.billing.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogStore;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.PublishedCatalog;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Published catalogs behind their functions: whole, and as the rows that SQL functions decide by. */
final class CatalogFunctions implements CatalogStore {
  private static final Logger LOG = System.getLogger(CatalogFunctions.class.getName());
  private static final Window ALWAYS = new Window(Window.Kind.LIFETIME, ZoneOffset.UTC);

  private final Functions functions;
  private final AuditFunctions audited;

  CatalogFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public Optional<PublishedCatalog> newerThan(long version) {
    return functions
        .row("newer_catalog_v1", Row.empty().with("version", version))
        .map(CatalogFunctions::published);
  }

  @Override
  public PublishedCatalog publish(Catalog catalog, Instant now, AuditEntry audit) {
    return publish(audit, row(catalog).with("now", now).with("if_new", false));
  }

  @Override
  public PublishedCatalog publishIfNew(Catalog catalog, Instant now, AuditEntry audit) {
    return publish(audit, row(catalog).with("now", now).with("if_new", true));
  }

  private PublishedCatalog publish(AuditEntry audit, Row asked) {
    Watch watch = new Watch("newer_catalog_v1", Row.empty().with("version", 0), "version");
    return published(audited.row(audit, watch, "publish_catalog_v2", asked).orElseThrow());
  }

  @Override
  public Map<String, Long> liveSubscriptions(Set<String> tiers, int max) {
    Map<String, Long> counts = new TreeMap<>();
    functions
        .rows(
            "live_subscriptions_of_tiers_v1",
            Row.empty().with("tiers", new TreeSet<>(tiers)).with("max", max))
        .stream()
        .forEach(row -> counts.put(row.text("tier"), row.number("subscriptions")));
    return counts;
  }

  private static PublishedCatalog published(Row row) {
    return new PublishedCatalog(row.number("version"), row.instant("published_at"), content(row));
  }

  private static Optional<Catalog> content(Row row) {
    try {
      return Optional.of(
          CatalogDocument.read(row.optionalRow("document").orElseThrow().json()));
    } catch (CatalogDocument.Unreadable e) {
      LOG.log(
          Level.WARNING,
          "version {0} of the catalog was published by a newer release: {1}",
          row.number("version"),
          e.getMessage());
      return Optional.empty();
    }
  }

  private static Row row(Catalog catalog) {
    JsonNode document = CatalogDocument.of(catalog);
    return Row.empty()
        .with("document", new Row(document))
        .with("content_hash", CatalogDocument.hash(document))
        .with(
            "tiers",
            catalog.plans().stream()
                .map(plan -> Row.empty()
                    .with("tier", plan.tier())
                    .with("name", plan.name())
                    .with("rank", plan.rank())
                    .with("is_default", plan.tier().equals(catalog.defaultTier())))
                .toList())
        .with(
            "features",
            catalog.plans().stream()
                .flatMap(plan -> new TreeMap<>(plan.features())
                    .entrySet().stream()
                        .map(entry -> feature(entry.getValue())
                            .with("tier", plan.tier())
                            .with("feature", entry.getKey())))
                .toList());
  }

  private static Row feature(Feature feature) {
    Row row = Row.empty().with("kind", feature.kind()).with("meter", feature.meter());
    if (feature instanceof Feature.Counter counter) {
      return window(row, counter.window())
          .with("included", true)
          .with("usage_limit", counter.limit())
          .with(
              "thresholds",
              counter.thresholds().isEmpty()
                  ? Optional.empty()
                  : Optional.of(counter.thresholds()));
    } else if (feature instanceof Feature.Unlimited unlimited) {
      return window(row, unlimited.window()).with("included", true);
    } else if (feature instanceof Feature.Gauge gauge) {
      return window(row, ALWAYS).with("included", true).with("usage_limit", gauge.limit());
    }
    return window(row, ALWAYS)
        .with("included", feature instanceof Feature.Flag flag && flag.included());
  }

  private static Row window(Row row, Window window) {
    String zone = window.zone().equals(ZoneOffset.UTC) ? "UTC" : window.zone().getId();
    return row.with("window_kind", window.kind()).with("zone", zone);
  }
}
