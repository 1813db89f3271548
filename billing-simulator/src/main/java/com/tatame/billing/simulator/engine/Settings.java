package com.tatame.billing.simulator.engine;

import java.util.List;
import java.util.function.Supplier;

/**
 * What one would set in Stripe's dashboard.
 *
 * @param apiVersion the account's default version
 * @param retryDays the days after the first failure on which a failed renewal is tried again
 * @param afterLastRetry what becomes of the subscription when the last retry has failed
 * @param pages where the simulator's pages stand, without a final slash
 */
public record Settings(
    String apiVersion,
    List<Integer> retryDays,
    AfterLastRetry afterLastRetry,
    Supplier<String> pages) {
  /** What happens to a subscription that could not be collected. */
  public enum AfterLastRetry {
    CANCEL,
    MARK_UNPAID,
    LEAVE_PAST_DUE
  }
}
