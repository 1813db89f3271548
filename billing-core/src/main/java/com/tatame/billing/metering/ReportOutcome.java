package com.tatame.billing.metering;

import java.time.Instant;
import java.util.Optional;

/** What became of a report that was claimed. */
public sealed interface ReportOutcome {
  /** Which one. */
  String id();

  /** The provider has it. */
  record Sent(String id) implements ReportOutcome {}

  /**
   * It goes back, to be sent later.
   *
   * @param notBefore by wall time
   * @param doubtfulSince since when the provider may have it all the same
   * @param error why; empty if it was not its turn yet
   */
  record Later(
      String id, Instant notBefore, Optional<Instant> doubtfulSince, Optional<String> error)
      implements ReportOutcome {}

  /** The provider will never have it. */
  record Dead(String id, String error) implements ReportOutcome {}

  /** Whether the provider has it can't be found out by asking. */
  record Undecided(String id, String error) implements ReportOutcome {}
}
