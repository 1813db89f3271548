package com.tatame.billing.catalog;

import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The catalog by which this node decides, which may be replaced at any time. What must see one catalog
 * from beginning to end, such as a request, is done by {@link #pinned}. Reading takes no lock and makes
 * no query.
 */
public final class CatalogInForce {
  private static final ThreadLocal<@Nullable Pin> PINNED = new ThreadLocal<>();

  private volatile Snapshot current;

  /**
   * A catalog as it was in force at one instant.
   *
   * @param version under which it was published; 0 for one that was not
   */
  private record Snapshot(Catalog content, long version) {}

  /** What a thread sees of one of these, within what it saw before. */
  private record Pin(
      CatalogInForce of, Snapshot snapshot, @Nullable Pin outer) {}

  /** Begins with a catalog of which it isn't known whether it was published. */
  public CatalogInForce(Catalog initial) {
    current = new Snapshot(initial, 0);
  }

  private Snapshot snapshot() {
    for (Pin pin = PINNED.get(); pin != null; pin = pin.outer()) {
      if (pin.of().equals(this)) {
        return pin.snapshot();
      }
    }
    return current;
  }

  /** What is sold now or, within {@link #pinned}, what was sold when that began. */
  public Catalog get() {
    return snapshot().content();
  }

  /** The version of {@link #get}, for caches of what is derived from it; 0 until one is known. */
  public long version() {
    return snapshot().version();
  }

  /** The version in force now, also within {@link #pinned}; empty until one is known. */
  OptionalLong current() {
    long version = current.version();
    return version == 0 ? OptionalLong.empty() : OptionalLong.of(version);
  }

  /** Does work in the calling thread that sees one catalog, whichever is put in force meanwhile. */
  public <T> T pinned(Supplier<T> work) {
    return within(snapshot(), work);
  }

  /** The work, to be done by another thread, which sees the catalog that this one sees. */
  public <T> Supplier<T> carried(Supplier<T> work) {
    Snapshot own = snapshot();
    return () -> within(own, work);
  }

  private <T> T within(Snapshot own, Supplier<T> work) {
    Pin before = PINNED.get();
    PINNED.set(new Pin(this, own, before));
    try {
      return work.get();
    } finally {
      if (before == null) {
        PINNED.remove();
      } else {
        PINNED.set(before);
      }
    }
  }

  /**
   * Puts a published catalog in force, unless a newer one is.
   *
   * @return whether it was put in force by this call
   */
  synchronized boolean take(Catalog content, long version) {
    if (version <= current.version()) {
      return false;
    }
    // An equal one keeps its identity, and with it what was computed from it.
    current =
        new Snapshot(current.content().equals(content) ? current.content() : content, version);
    return true;
  }
}
