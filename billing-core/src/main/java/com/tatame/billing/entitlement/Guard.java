package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.LimitReached;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Stands in front of an application's own code and lets in who is entitled. */
public final class Guard {
  private static final Logger LOG = System.getLogger(Guard.class.getName());

  private final Entitlements entitlements;

  public Guard(Entitlements entitlements) {
    this.entitlements = entitlements;
  }

  /**
   * Returns if one more unit of the feature would be granted, or it is on. Nothing is used.
   *
   * @throws LimitReached if not, with when there is more and which plan has it
   * @throws com.tatame.billing.failure.NotFound if no plan of the catalog has such a feature
   */
  public void require(AccountId account, String feature) {
    Decision decision = entitlements.check(account, feature);
    if (!decision.allowed()) {
      throw decision.refusal();
    }
  }

  /**
   * Uses units, then does the work that they are for. Units of work that fails are given back: what
   * was not done costs nothing.
   *
   * <pre>{@code
   * Report report = billing.guard().run(account, Use.one("export", requestId), () -> export(account));
   * }</pre>
   *
   * @param use once under its key; work that is repeated under it is done again and uses nothing more
   * @throws LimitReached if there are not enough units; the work is not begun then
   * @throws Exception as the work throws it
   */
  public <T> T run(AccountId account, Use use, Callable<T> work) throws Exception {
    ConsumeResult used = consume(account, use);
    if (used instanceof ConsumeResult.Denied denied) {
      throw denied.decision().refusal();
    }
    boolean done = false;
    try {
      T result = work.call();
      done = true;
      return result;
    } finally {
      if (!done) {
        ((ConsumeResult.Granted) used)
            .consumption()
            .ifPresent(consumption -> release(account, consumption));
      }
    }
  }

  // A key whose work failed stands for units that were given back: a retry needs others.
  private ConsumeResult consume(AccountId account, Use use) {
    ConsumeResult used = entitlements.consume(account, use);
    Optional<String> failed = used instanceof ConsumeResult.Granted granted && granted.again()
        ? granted
            .consumption()
            .filter(consumption -> consumption.releasedAt().isPresent())
            .map(Consumption::id)
        : Optional.empty();
    return failed.isPresent()
        ? consume(account, new Use(use.feature(), use.amount(), use.itemPrice(), failed))
        : used;
  }

  // What the work failed with is what its caller must see.
  private void release(AccountId account, Consumption consumption) {
    try {
      entitlements.release(account, consumption.feature(), consumption.id());
    } catch (BillingException e) {
      LOG.log(Level.WARNING, "units of failed work stay used: {0}", e.getMessage());
    }
  }
}
