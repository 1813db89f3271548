package com.tatame.billing.inbox;

import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.Projections;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Reads at the provider the objects whose true state only it knows. */
public final class PendingReads {
  private static final Logger LOG = System.getLogger(PendingReads.class.getName());
  private static final int BATCH = 64;

  private final Projections projections;
  private final Observations observations;
  private final ReadBudget budget;

  public PendingReads(Projections projections, Observations observations, ReadBudget budget) {
    this.projections = projections;
    this.observations = observations;
    this.budget = budget;
  }

  /**
   * Reads them, most urgent first, as far as the budget goes. A provider that is down ends it; what is
   * left stays pending.
   *
   * @return how many were settled
   */
  public int settle() {
    int settled = 0;
    for (PendingRead pending : projections.pendingReads(BATCH)) {
      if (!budget.tryTake(pending.object().kind(), pending.priority())) {
        continue;
      }
      try {
        observations.refresh(pending.object(), pending.subject());
        settled++;
      } catch (ProviderUnavailable e) {
        LOG.log(Level.INFO, "{0} could not be read: {1}", pending.object().id(), e.getMessage());
        return settled;
      }
    }
    return settled;
  }
}
