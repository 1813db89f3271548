package com.tatame.billing.observation;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The one way in for what is learnt outside of the inbox: project, commit. */
public interface Observations {
  /**
   * Loads the subject's version, then asks, then commits the answer. If the subject was changed
   * meanwhile, the object is read again until a commit succeeds.
   *
   * @param subject whose object it will be; empty if only the answer tells
   * @param question a read, or a mutation whose answer is one
   * @return what was committed last
   */
  Observation observe(Optional<SubjectId> subject, Supplier<Observation> question);

  /**
   * Reads an object at the provider and commits it, as {@link #observe} does.
   *
   * @return the object as it was committed
   */
  Observation refresh(ObjectRef object, SubjectId subject);

  /**
   * Commits a whole listing. It is asked for twice: the first answer tells which versions to load
   * before the second, which is the one that counts.
   */
  void observeAll(Supplier<List<Observation>> listing);
}
