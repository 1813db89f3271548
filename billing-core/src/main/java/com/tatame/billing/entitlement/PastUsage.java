package com.tatame.billing.entitlement;

import java.util.List;
import java.util.Optional;

/**
 * What was known of an account at an instant that has passed, and what it had used by then.
 *
 * @param known the entitlement as it was known then; empty if none was
 * @param hindsight the last one that knows of nothing later than the instant, if it became known
 *     only afterwards: what would have been answered, had everything come at once
 * @param open the windows that had not ended, with what was used of them by then
 * @param grants those that had been given and had not ended, with what was used of them by then
 */
public record PastUsage(
    Optional<RecordedEntitlement> known,
    Optional<RecordedEntitlement> hindsight,
    List<UsageRow> open,
    List<Grant> grants) {
  public PastUsage {
    open = List.copyOf(open);
    grants = List.copyOf(grants);
  }
}
