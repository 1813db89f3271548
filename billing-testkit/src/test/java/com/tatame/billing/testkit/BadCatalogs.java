package com.tatame.billing.testkit;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** Stores that break one rule of published catalogs each. */
final class BadCatalogs {
  private BadCatalogs() {}

  static class KeepsTheFirst extends ForwardingStore {
    @Override
    public CatalogStore catalogs() {
      return spoil(
          CatalogStore.class,
          good.catalogs(),
          Map.of(
              "publish",
              args -> good.catalogs()
                  .newerThan(0)
                  .orElseGet(() -> good.catalogs()
                      .publish((Catalog) args[0], (Instant) args[1], AnAuditEntry.any()))));
    }
  }

  static class TakesBackByStarting extends ForwardingStore {
    @Override
    public CatalogStore catalogs() {
      return spoil(
          CatalogStore.class,
          good.catalogs(),
          Map.of(
              "publishIfNew",
              args -> good.catalogs()
                  .publish((Catalog) args[0], (Instant) args[1], AnAuditEntry.any())));
    }
  }

  static class NeverRepeats extends ForwardingStore {
    @Override
    public CatalogStore catalogs() {
      return spoil(
          CatalogStore.class,
          good.catalogs(),
          Map.of(
              "publish",
              args -> good.catalogs()
                  .publishIfNew((Catalog) args[0], (Instant) args[1], AnAuditEntry.any())));
    }
  }

  static class TellsWhatIsKnown extends ForwardingStore {
    @Override
    public CatalogStore catalogs() {
      return spoil(
          CatalogStore.class,
          good.catalogs(),
          Map.of("newerThan", args -> good.catalogs().newerThan(0)));
    }
  }

  static class CountsWithoutEnd extends ForwardingStore {
    @Override
    @SuppressWarnings("unchecked")
    public CatalogStore catalogs() {
      return spoil(
          CatalogStore.class,
          good.catalogs(),
          Map.of(
              "liveSubscriptions",
              args -> good.catalogs().liveSubscriptions((Set<String>) args[0], Integer.MAX_VALUE)));
    }
  }
}
