package com.tatame.billing.setup;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.setup.AccountState.HeldPortal;
import com.tatame.billing.setup.SetupChange.Portal.Sold;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must change so that customers may do on the provider's page what the catalog allows. */
record PortalPlan(List<SetupChange> changes, List<String> notes) {
  /** The provider's page offers so many products at most. */
  private static final int MAX_PRODUCTS = 10;

  static PortalPlan of(Catalog catalog, Map<Plan, List<Sold>> sold, List<HeldPortal> held) {
    List<Plan> open = catalog.plans().stream()
        .filter(plan -> plan.selfService() && sold.containsKey(plan))
        .toList();
    Optional<String> reason = reason(open);
    List<Sold> offered = reason.isPresent()
        ? List.of()
        : open.stream()
            .flatMap(plan -> sold.getOrDefault(plan, List.of()).stream())
            .toList();
    Optional<HeldPortal> ours = held.stream().findFirst();
    boolean asItShouldBe =
        ours.filter(portal -> portal.usual() && holds(portal, offered)).isPresent();
    List<SetupChange> changes = asItShouldBe
        ? List.of()
        : List.of(new SetupChange.Portal(ours.map(HeldPortal::id), offered));
    return new PortalPlan(changes, reason.stream().toList());
  }

  // The page knows no families: a customer with a plan of one could change to a plan of another.
  private static Optional<String> reason(List<Plan> open) {
    if (open.stream().map(Plan::family).distinct().count() > 1) {
      return Optional.of("The catalog has several families of plans, so plans are changed by the"
          + " application and not on the portal.");
    }
    return open.size() > MAX_PRODUCTS
        ? Optional.of("The portal offers at most " + MAX_PRODUCTS
            + " plans, so plans are changed by the application.")
        : Optional.empty();
  }

  private static boolean holds(HeldPortal portal, List<Sold> offered) {
    Map<String, Set<String>> wanted = new HashMap<>();
    for (Sold sold : offered) {
      if (sold.priceId().isEmpty()) {
        return false;
      }
      wanted
          .computeIfAbsent(sold.productId(), product -> new HashSet<>())
          .add(sold.priceId().get());
    }
    return portal.plans().equals(wanted);
  }
}
