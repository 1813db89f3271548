package com.tatame.billing.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.testkit.BillingWorld;
import java.util.List;

/** What was really taken from a payer, by the provider's own records. */
final class Charges {
  private Charges() {}

  /** The sum of all, minor units. */
  static long of(BillingWorld world, String customer) {
    return amounts(world, customer).stream().mapToLong(Long::longValue).sum();
  }

  static long last(BillingWorld world, String customer) {
    List<Long> amounts = amounts(world, customer);
    return amounts.get(amounts.size() - 1);
  }

  private static List<Long> amounts(BillingWorld world, String customer) {
    return world.engine().events().stream()
        .filter(event -> event.path("type").asText().equals("charge.succeeded"))
        .map(event -> event.at("/data/object"))
        .filter(charge -> charge.path("customer").asText().equals(customer))
        .map(charge -> charge.path("amount"))
        .map(JsonNode::asLong)
        .toList();
  }
}
