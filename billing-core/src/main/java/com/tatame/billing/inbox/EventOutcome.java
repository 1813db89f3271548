package com.tatame.billing.inbox;

import java.time.Instant;

/** How a claimed event ended that brought no change of its own. */
public sealed interface EventOutcome {
  long seq();

  /** Nothing to do, for good: an unknown type, the wrong mode, a foreign account. */
  record Ignored(long seq, String reason) implements EventOutcome {}

  /** To be tried again. Counts as an attempt. */
  record Retry(long seq, Instant notBefore, String error) implements EventOutcome {}

  /** A dead letter: kept with its payload and its error until it is replayed. */
  record Dead(long seq, String error) implements EventOutcome {}

  /** Given back at once, not counted as an attempt. */
  record Release(long seq) implements EventOutcome {}
}
