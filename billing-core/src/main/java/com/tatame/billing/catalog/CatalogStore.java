package com.tatame.billing.catalog;

import com.tatame.billing.audit.AuditEntry;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Port: the catalogs that were published, one version after the other. The one that was published last
 * is in force on all nodes and in SQL functions.
 */
public interface CatalogStore {
  /** The catalog that was published last, if its version is higher than this one; 0 for any. */
  Optional<PublishedCatalog> newerThan(long version);

  /**
   * Makes a catalog the one that was published last, under a new version unless it is so already.
   *
   * @param now wall time
   * @param audit written in the same commit, if there is a new version
   * @return the catalog that was published last by then, which has this content
   */
  PublishedCatalog publish(Catalog catalog, Instant now, AuditEntry audit);

  /**
   * As {@link #publish}, unless the same content was ever published before: a node that starts with an
   * old file takes nothing back.
   *
   * @param now wall time
   * @param audit written in the same commit, if there is a new version
   * @return the catalog that was published last by then
   */
  PublishedCatalog publishIfNew(Catalog catalog, Instant now, AuditEntry audit);

  /**
   * How many live subscriptions there are of each of these tiers; none where there is none.
   *
   * @param max where counting ends
   */
  Map<String, Long> liveSubscriptions(Set<String> tiers, int max);
}
