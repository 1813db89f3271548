package com.tatame.billing.metering;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.metering.UsageMeters.MeterEvent;
import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Units that an account used of a metered feature within an hour of one billing period, on their way
 * to the provider. As long as it is open, what is used adds to it; once claimed its sum is what it is,
 * so that it can be sent again under its id.
 *
 * @param id the same for ever, also the provider's
 * @param meter the name of the provider's events
 * @param units less than 0 where more was given back than used since the last report
 * @param at when the first of them was used, by the billing clock
 * @param customerId whom they are counted for; empty as long as the account has no customer
 * @param attempts that failed
 * @param doubtfulSince since when the provider may have counted it without our knowing, by the billing
 *     clock
 * @param deadline when the invoice that bills them is finalised; empty until there is one
 * @param error why it was not sent, the last time
 */
public record MeterReport(
    String id,
    AccountId account,
    String meter,
    long units,
    Instant at,
    State state,
    Optional<String> customerId,
    int attempts,
    Optional<Instant> doubtfulSince,
    Optional<Instant> deadline,
    Optional<String> error) {
  /** How far a report got. */
  public enum State implements WireName {
    /** What is used still adds to it. */
    OPEN,
    /** Its sum is fixed; it is sent until the provider has it. */
    SENDING,
    /** The provider has it. */
    SENT,
    /** The provider will never have it. */
    DEAD,
    /** Only a person can find out whether the provider has it. */
    NEEDS_OPERATOR
  }

  /** What is reported to the provider, which knows whole seconds. */
  MeterEvent event() {
    return new MeterEvent(
        id, meter, customerId.orElseThrow(), units, at.truncatedTo(ChronoUnit.SECONDS));
  }
}
