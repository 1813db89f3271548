package com.tatame.billing.drift;

import com.tatame.billing.observation.ObjectKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A round through things that are compared one by one, each under a key that sorts. */
interface Walk {
  /**
   * One step of the round.
   *
   * @param kinds of the objects that the comparison reads, each once or in one list; empty if nothing
   *     is to be compared
   */
  record Step(String key, Set<ObjectKind> kinds) {}

  /**
   * The next steps.
   *
   * @param after the key of the last step; empty at the beginning of a round
   * @param limit 1 to 101; a page that is smaller ends the round
   */
  List<Step> page(Optional<String> after, int limit);

  /** The step with this key; empty if it is not stored any more. */
  Optional<Step> step(String key);

  ComparisonResult compare(String key);
}
