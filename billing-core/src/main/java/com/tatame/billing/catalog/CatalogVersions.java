package com.tatame.billing.catalog;

import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.audit.AuditScope;
import com.tatame.billing.failure.BillingException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Use cases: putting another catalog in force without a restart. The catalog that was published last is
 * in force on all nodes; each looks for it every five seconds. A node that starts publishes its own
 * catalog only if the same content was never published before, so that nodes with different files
 * don't take each other's catalog back.
 */
public final class CatalogVersions {
  private static final Logger LOG = System.getLogger(CatalogVersions.class.getName());

  /** How late a node may see what another one published. */
  public static final Duration FOLLOW_EVERY = Duration.ofSeconds(5);

  private final Catalog own;
  private final CatalogInForce inForce;
  private final CatalogStore store;
  private final CatalogChanges changes;
  private final InstantSource wallClock;
  private final AtomicReference<Instant> followFrom = new AtomicReference<>(Instant.MIN);
  private volatile boolean begun;
  private volatile long seen;

  /**
   * Asks nothing yet.
   *
   * @param own the catalog that the program was given
   * @param inForce what to replace
   * @param prices the mirrored prices, which may lack what a catalog sells
   * @param wallClock by which versions are dated
   */
  public CatalogVersions(
      Catalog own,
      CatalogInForce inForce,
      CatalogStore store,
      ProductStore prices,
      InstantSource wallClock) {
    this.own = own;
    this.inForce = inForce;
    this.store = store;
    this.changes = new CatalogChanges(store, prices);
    this.wallClock = wallClock;
  }

  /**
   * What publishing a catalog did, or would do.
   *
   * @param version in force by then; empty if nothing was published yet
   * @param changed whether another catalog was in force before
   * @param notes what an operator should know or do about it, such as subscriptions whose plan is gone
   */
  public record Publication(OptionalLong version, boolean changed, List<String> notes) {}

  /**
   * Puts a catalog in force: on this node at once, on all others within seconds. One that is in force
   * already gets no new version.
   *
   * @throws com.tatame.billing.failure.StoreUnavailable if it could not be published; the present one
   *     stays in force
   */
  public Publication publish(Catalog catalog) {
    Publication planned = preview(catalog);
    Instant now = wallClock.instant();
    PublishedCatalog published = store.publish(catalog, now, published(catalog, now));
    take(published);
    return new Publication(
        OptionalLong.of(published.version()), planned.changed(), planned.notes());
  }

  /** What {@link #publish} would do; nothing is published. */
  public Publication preview(Catalog catalog) {
    Optional<PublishedCatalog> last = store.newerThan(0);
    Catalog before = last.flatMap(PublishedCatalog::content).orElseGet(inForce::get);
    boolean changed = last.filter(same -> same.has(catalog)).isEmpty();
    return new Publication(
        last.stream().mapToLong(PublishedCatalog::version).findFirst(),
        changed,
        changed ? changes.notes(before, catalog) : List.of());
  }

  /**
   * Takes the catalog that was published last, if it is newer than the one in force.
   *
   * @return whether another version is in force now
   * @throws com.tatame.billing.failure.StoreUnavailable if the store can't be asked
   */
  public boolean follow() {
    return store.newerThan(seen).filter(this::take).isPresent();
  }

  /**
   * Follows if that is due. Before the first time it publishes the program's own catalog, if that was
   * never published.
   */
  public void followIfDue() {
    Instant now = wallClock.instant();
    Instant from = followFrom.get();
    if (now.isBefore(from) || !followFrom.compareAndSet(from, now.plus(FOLLOW_EVERY))) {
      return;
    }
    try {
      if (begun) {
        follow();
      } else {
        begin();
      }
    } catch (BillingException e) {
      LOG.log(
          begun ? Level.INFO : Level.WARNING,
          "which catalog is in force can''t be asked now: {0}",
          e.getMessage());
    }
  }

  private void begin() {
    Optional<PublishedCatalog> last = store.newerThan(0);
    last.ifPresent(this::take);
    if (last.filter(same -> same.has(own)).isEmpty()) {
      PublishedCatalog published =
          AuditScope.within(AuditActor.system("start"), Optional.empty(), this::publishOwn);
      take(published);
      if (!published.has(own)) {
        LOG.log(
            Level.WARNING,
            "the catalog of this program was in force before and is not any more: version {0,number,#},"
                + " published at {1}, is. Publish it to put it in force again.",
            published.version(),
            published.publishedAt());
      }
    }
    begun = true;
  }

  private PublishedCatalog publishOwn() {
    Instant now = wallClock.instant();
    return store.publishIfNew(own, now, published(own, now));
  }

  private static AuditEntry published(Catalog catalog, Instant now) {
    String tiers = catalog.plans().stream().map(Plan::tier).collect(Collectors.joining(","));
    return AuditEntry.of(
        now,
        AuditAction.PUBLISH_CATALOG.code(),
        Optional.empty(),
        "catalog",
        AuditChange.created(Map.of("tiers", tiers)));
  }

  private synchronized boolean take(PublishedCatalog published) {
    if (published.version() <= seen) {
      return false;
    }
    seen = published.version();
    Optional<Catalog> content = published.content();
    if (content.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "version {0,number,#} of the catalog can''t be read by this release; {1} stays in force",
          published.version(),
          inForce.version() == 0 ? "the program's own" : "version " + inForce.version());
      return false;
    }
    boolean taken = inForce.take(content.get(), published.version());
    LOG.log(
        Level.INFO,
        "version {0,number,#} of the catalog is in force, published at {1}",
        published.version(),
        published.publishedAt());
    return taken;
  }

  /** The version in force on this node; empty until the store could be asked. */
  public OptionalLong inForce() {
    return inForce.current();
  }

  /**
   * The version that was published last, as far as this node knows. It differs from {@link #inForce}
   * if a newer release published it, and this one can't read it.
   */
  public OptionalLong published() {
    long last = seen;
    return last == 0 ? OptionalLong.empty() : OptionalLong.of(last);
  }
}
