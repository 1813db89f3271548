package com.tatame.billing.catalog;

import java.time.Instant;
import java.util.Optional;

/**
 * A catalog that was published to all nodes of a store.
 *
 * @param version 1 for the first, and one more for each that was published after it
 * @param publishedAt by the wall clock of the node that published it
 * @param content empty if this release can't read it, since a newer one wrote it
 */
public record PublishedCatalog(long version, Instant publishedAt, Optional<Catalog> content) {
  /** Whether it has this content. */
  public boolean has(Catalog catalog) {
    return content.filter(catalog::equals).isPresent();
  }
}
