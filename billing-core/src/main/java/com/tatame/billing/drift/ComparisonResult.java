package com.tatame.billing.drift;

import com.tatame.billing.observation.SubjectId;
import java.util.Set;

/** What a comparison came to. */
sealed interface ComparisonResult
    permits ComparisonResult.Equal, ComparisonResult.Unknown, Differences {
  /**
   * All is equal.
   *
   * @param subject whose rows these are
   * @param compared their names
   */
  record Equal(SubjectId subject, Set<String> compared) implements ComparisonResult {}

  /** It could not be compared now: events wait, or it was changed meanwhile. */
  record Unknown() implements ComparisonResult {}
}
