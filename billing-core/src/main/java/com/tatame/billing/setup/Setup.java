package com.tatame.billing.setup;

import com.tatame.billing.catalog.Catalog;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Use cases: bringing the account at the provider to what the catalog says. Each run reads the
 * account first and changes only what differs, so it may die anywhere and be run again. What was not
 * made by an earlier run is never touched, and nothing is deleted.
 */
public final class Setup {
  private final Catalog catalog;
  private final ProviderSetup provider;

  public Setup(Catalog catalog, ProviderSetup provider) {
    this.catalog = catalog;
    this.provider = provider;
  }

  /**
   * Compares the account with the catalog; changes nothing.
   *
   * @param webhookUrl where events are to be sent; empty to leave all endpoints as they are
   * @throws com.tatame.billing.failure.ValidationFailed with everything that stands in the way, each
   *     under its place in the catalog
   */
  public SetupPlan plan(Optional<URI> webhookUrl) {
    AccountState held = provider.state();
    CatalogPlan sold = CatalogPlan.of(catalog, held);
    PortalPlan portal = PortalPlan.of(catalog, sold.sold(), held.portals());
    // Metered prices name their meters.
    List<SetupChange> changes = new ArrayList<>(sold.meters());
    changes.addAll(sold.made());
    changes.addAll(portal.changes());
    changes.addAll(sold.archived());
    int unchanged = sold.unchanged() + (portal.changes().isEmpty() ? 1 : 0);
    List<String> notes = new ArrayList<>(portal.notes());
    if (webhookUrl.isPresent()) {
      EndpointPlan endpoint =
          EndpointPlan.of(webhookUrl.get().toString(), provider.events(), held.endpoints());
      changes.addAll(endpoint.changes());
      notes.addAll(endpoint.notes());
      unchanged += endpoint.changes().isEmpty() ? 1 : 0;
    }
    return new SetupPlan(changes, unchanged, notes);
  }

  /** Plans and makes it all, and leaves the endpoints as they are. */
  public void run() {
    apply(plan(Optional.empty()), (change, made) -> {});
  }

  /**
   * Makes the changes of a plan, one after the other, until all are made or one fails. After a
   * failure the next plan holds what is left.
   *
   * @param listener receives each change when it is made; the secret of a new endpoint is passed here and
   *     nowhere else
   */
  public void apply(SetupPlan plan, BiConsumer<SetupChange, ProviderSetup.Made> listener) {
    Map<String, String> prices = new HashMap<>();
    Map<String, String> meters = new HashMap<>();
    for (SetupChange change : plan.changes()) {
      SetupChange ready = change;
      if (change instanceof SetupChange.Portal portal) {
        ready = portal.knowing(prices);
      } else if (change instanceof SetupChange.CreatePrice price) {
        ready = price.knowing(meters);
      }
      ProviderSetup.Made made = provider.apply(ready);
      if (change instanceof SetupChange.CreatePrice price) {
        prices.put(price.lookupKey(), made.id());
      } else if (change instanceof SetupChange.CreateMeter meter) {
        meters.put(meter.eventName(), made.id());
      }
      listener.accept(ready, made);
    }
  }
}
