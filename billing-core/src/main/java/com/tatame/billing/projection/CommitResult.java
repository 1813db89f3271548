package com.tatame.billing.projection;

/** What became of a unit. */
public sealed interface CommitResult {
  /** All of it is stored, the subject's version is one higher, its events are processed. */
  record Applied() implements CommitResult {}

  /** Another commit changed the subject: load, read and project again. */
  record Stale() implements CommitResult {}

  /** Another worker holds one of its events by now. */
  record LeaseLost() implements CommitResult {}

  /** The database refused a row for good; nothing of the unit is stored. */
  record Rejected(String reason) implements CommitResult {}
}
