package com.tatame.billing.ledger;

import com.tatame.billing.observation.WireName;
import java.util.Optional;

/**
 * By what a fact became known first.
 *
 * @param eventId the provider's event, if one brought it
 * @param commandId our command that made the provider send that event, if the event names it
 */
public record Cause(Source source, Optional<String> eventId, Optional<String> commandId) {
  /** A read of the provider, or its answer to a command of ours. */
  public static final Cause READ = without(Source.READ);

  /** The import of what the provider held before this product was used. */
  public static final Cause IMPORT = without(Source.IMPORT);

  /** The repair of a difference that no event explains. */
  public static final Cause RECONCILIATION = without(Source.RECONCILIATION);

  /** What this product decided: an entitlement that changed. */
  public static final Cause DECISION = without(Source.DECISION);

  /** Where a fact comes from. */
  public enum Source implements WireName {
    EVENT,
    READ,
    IMPORT,
    RECONCILIATION,
    DECISION
  }

  private static Cause without(Source source) {
    return new Cause(source, Optional.empty(), Optional.empty());
  }

  /** An event that names no command of ours. */
  public static Cause ofEvent(String eventId) {
    return new Cause(Source.EVENT, Optional.of(eventId), Optional.empty());
  }
}
