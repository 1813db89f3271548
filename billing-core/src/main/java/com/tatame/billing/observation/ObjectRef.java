package com.tatame.billing.observation;

import java.util.Comparator;

/** Names one object at the provider. */
public record ObjectRef(ObjectKind kind, String id) implements Comparable<ObjectRef> {
  private static final Comparator<ObjectRef> ORDER =
      Comparator.comparing(ObjectRef::kind).thenComparing(ObjectRef::id);

  @Override
  public int compareTo(ObjectRef other) {
    return ORDER.compare(this, other);
  }
}
