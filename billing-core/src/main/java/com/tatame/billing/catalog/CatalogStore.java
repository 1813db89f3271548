package com.tatame.billing.catalog;

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
   * @return the catalog that was published last by then, which has this content
   */
  PublishedCatalog publish(Catalog catalog, Instant now);

  /**
   * As {@link #publish}, unless the same content was ever published before: a node that starts with an
   * old file takes nothing back.
   *
   * @param now wall time
   * @return the catalog that was published last by then
   */
  PublishedCatalog publishIfNew(Catalog catalog, Instant now);

  /**
   * How many live subscriptions there are of each of these tiers; none where there is none.
   *
   * @param max where counting ends
   */
  Map<String, Long> liveSubscriptions(Set<String> tiers, int max);
}
