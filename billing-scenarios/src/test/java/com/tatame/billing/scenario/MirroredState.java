package com.tatame.billing.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.eventorder.CoreRows;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the store knows of the provider's objects, under the names of {@link SimulatorReads}. */
final class MirroredState {
  private static final Map<ObjectKind, String> PATHS = Map.of(
      ObjectKind.CUSTOMER, "/v1/customers",
      ObjectKind.SUBSCRIPTION, "/v1/subscriptions",
      ObjectKind.INVOICE, "/v1/invoices",
      ObjectKind.CHECKOUT_SESSION, "/v1/checkout/sessions",
      ObjectKind.PRODUCT, "/v1/products",
      ObjectKind.PRICE, "/v1/prices");

  private MirroredState() {}

  /** Where the world's store says something else than its provider: both, by object and field. */
  static Map<String, String> differences(BillingWorld world) {
    return differences(world, world.store());
  }

  static Map<String, String> differences(BillingWorld world, BillingStore store) {
    Map<String, String> provider = SimulatorReads.fields(world);
    Map<String, String> mirrored = fields(world, store);
    Map<String, String> differences = new TreeMap<>();
    Set<String> names = new HashSet<>(provider.keySet());
    names.addAll(mirrored.keySet());
    for (String name : names) {
      String here = mirrored.getOrDefault(name, "nothing");
      String there = provider.getOrDefault(name, "nothing");
      if (!here.equals(there) && !madeForOneSale(world, name)) {
        differences.put(name, "provider: " + there + ", mirrored: " + here);
      }
    }
    return differences;
  }

  // A sale at a price of its own leaves an archived product behind, of which no event tells.
  private static boolean madeForOneSale(BillingWorld world, String name) {
    String id = name.substring(0, name.indexOf('.'));
    boolean announced = world.engine().events().stream()
        .anyMatch(event -> event.at("/data/object/id").asText().equals(id));
    return !announced && (id.startsWith("prod_") || id.startsWith("price_"));
  }

  private static Map<String, String> fields(BillingWorld world, BillingStore store) {
    List<ProviderObject> states = known(world, store).stream()
        .flatMap(known -> known.rows().values().stream())
        .flatMap(row -> row.state().stream())
        .toList();
    return CoreRows.of(states);
  }

  /** Everything stored about all that the provider has, with versions and links, by subject. */
  static List<SubjectState> known(BillingWorld world, BillingStore store) {
    Map<SubjectId, Set<ObjectRef>> objects = new HashMap<>();
    PATHS.forEach((kind, path) -> {
      Map<String, Object> filter =
          kind == ObjectKind.SUBSCRIPTION ? Map.of("status", "all") : Map.of();
      for (JsonNode json : SimulatorReads.all(world, path, filter)) {
        String id = json.required("id").asText();
        SubjectId subject = new SubjectId(json.path("customer").asText(id));
        objects.computeIfAbsent(subject, s -> new HashSet<>()).add(new ObjectRef(kind, id));
      }
    });
    List<SubjectQuery> wanted = objects.entrySet().stream()
        .map(entry -> new SubjectQuery(entry.getKey(), entry.getValue(), Set.of()))
        .toList();
    return List.copyOf(new TreeMap<>(store.projections().load(wanted)).values());
  }
}
