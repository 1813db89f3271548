package com.tatame.billing.setup;

import com.tatame.billing.setup.AccountState.HeldEndpoint;
import com.tatame.billing.setup.ProviderSetup.Events;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What must change so that an endpoint receives every event that this gateway understands. */
record EndpointPlan(List<SetupChange> changes, List<String> notes) {
  static EndpointPlan of(String url, Events events, List<HeldEndpoint> held) {
    List<HeldEndpoint> there =
        held.stream().filter(endpoint -> endpoint.url().equals(url)).toList();
    Optional<HeldEndpoint> ours = there.stream()
        .filter(HeldEndpoint::ours)
        .filter(endpoint ->
            endpoint.apiVersion().filter(events.apiVersion()::equals).isPresent())
        .findFirst();
    List<SetupChange> changes = ours.map(endpoint -> update(endpoint, events))
        .orElseGet(() -> List.of(new SetupChange.CreateEndpoint(url, events)));
    // An endpoint's version is fixed when it is made, and the old one must go on sending until the
    // server knows the secret of the new one.
    List<String> notes = there.stream()
        .filter(HeldEndpoint::enabled)
        .filter(endpoint -> ours.filter(endpoint::equals).isEmpty())
        .map(endpoint -> "The endpoint " + endpoint.id() + " at the same address "
            + (endpoint.ours() ? "tells another API version" : "was not made by setup")
            + " and goes on sending. Disable it once the server knows the signing secret of the"
            + " other one; until then events arrive twice, which does no harm.")
        .toList();
    return new EndpointPlan(changes, notes);
  }

  private static List<SetupChange> update(HeldEndpoint held, Events events) {
    Set<String> missing = new HashSet<>(events.types());
    missing.removeAll(held.events());
    Set<String> more = new HashSet<>(held.events());
    more.removeAll(events.types());
    List<String> differences = new ArrayList<>();
    if (!held.enabled()) {
      differences.add("enabled again");
    }
    if (!missing.isEmpty()) {
      differences.add("also " + String.join(", ", missing.stream().sorted().toList()));
    }
    if (!more.isEmpty()) {
      differences.add("without " + String.join(", ", more.stream().sorted().toList()));
    }
    return differences.isEmpty()
        ? List.of()
        : List.of(new SetupChange.UpdateEndpoint(held.id(), held.url(), events, differences));
  }
}
