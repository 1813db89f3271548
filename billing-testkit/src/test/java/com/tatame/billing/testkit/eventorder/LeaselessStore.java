package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.store.BillingStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store that accepts a commit from any worker, whether it still holds the lease or not. */
final class LeaselessStore {
  private LeaselessStore() {}

  static BillingStore over(BillingStore good) {
    return FaultInjector.proxy(BillingStore.class, (proxy, method, arguments) -> {
      Object part = FaultInjector.invoke(method, good, arguments);
      return part instanceof ProjectionStore projections ? leaseless(projections) : part;
    });
  }

  private static ProjectionStore leaseless(ProjectionStore good) {
    return FaultInjector.proxy(ProjectionStore.class, (proxy, method, arguments) -> {
      Object answer = FaultInjector.invoke(method, good, arguments);
      if (!method.getName().equals("commit")) {
        return answer;
      }
      List<CommitResult> results = new ArrayList<>();
      List<?> units = (List<?>) arguments[0];
      for (Object result : (List<?>) answer) {
        Unit unit = (Unit) units.get(results.size());
        results.add(
            result instanceof CommitResult.LeaseLost
                ? good.commit(List.of(unclaimed(unit)), (Instant) arguments[1]).get(0)
                : (CommitResult) result);
      }
      return results;
    });
  }

  private static Unit unclaimed(Unit unit) {
    return new Unit(
        unit.subject(), unit.expectedVersion(), Optional.empty(), Set.of(), unit.changes());
  }
}
