package com.tatame.billing.observation;

import java.util.List;

/** The state of one object at the provider, in our own words. Implementations are records. */
public interface ProviderObject {
  ObjectKind kind();

  /** The provider's id. */
  String id();

  SubjectId subject();

  /** Whether the provider will never change this state again. */
  boolean terminal();

  /** What this state proves to have happened. */
  default List<Fact> facts() {
    return List.of();
  }

  default ObjectRef ref() {
    return new ObjectRef(kind(), id());
  }
}
