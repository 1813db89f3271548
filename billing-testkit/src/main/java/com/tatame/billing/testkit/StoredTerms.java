package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the JSON columns of a stored fact. */
final class StoredTerms {
  private StoredTerms() {}

  /** The column {@code terms}, which may be null. */
  static Optional<TermsChange> change(@Nullable String json) {
    return Optional.ofNullable(json)
        .map(SimulatedCalls::parse)
        .map(change -> new TermsChange(
            stated(change, "from").map(StoredTerms::terms), terms(change.required("to"))));
  }

  /** The column {@code details}, which may be null. */
  static Map<String, String> details(@Nullable String json) {
    Map<String, String> details = new TreeMap<>();
    if (json != null) {
      SimulatedCalls.parse(json)
          .properties()
          .forEach(detail -> details.put(detail.getKey(), detail.getValue().asText()));
    }
    return details;
  }

  private static SubscriptionTerms terms(JsonNode json) {
    List<SubscriptionTerms.Item> items = new ArrayList<>();
    json.required("items").forEach(item -> items.add(item(item)));
    List<SubscriptionTerms.Discount> discounts = new ArrayList<>();
    json.required("discounts").forEach(discount -> discounts.add(discount(discount)));
    return new SubscriptionTerms(
        json.required("status").asText(),
        items,
        discounts,
        instant(json, "ends_at"),
        text(json, "paused_collection"));
  }

  private static SubscriptionTerms.Item item(JsonNode json) {
    return new SubscriptionTerms.Item(
        json.required("price_id").asText(),
        json.required("product_id").asText(),
        json.required("quantity").asLong(),
        json.required("currency").asText(),
        stated(json, "unit_amount").map(JsonNode::asLong),
        text(json, "interval"),
        json.required("interval_count").asInt(),
        json.required("metered").asBoolean(),
        text(json, "tax_behavior"));
  }

  private static SubscriptionTerms.Discount discount(JsonNode json) {
    return new SubscriptionTerms.Discount(
        text(json, "id"),
        text(json, "coupon_id"),
        text(json, "percent_off").map(BigDecimal::new),
        stated(json, "amount_off").map(JsonNode::asLong),
        text(json, "duration"),
        instant(json, "ends_at"));
  }

  private static Optional<JsonNode> stated(JsonNode json, String name) {
    return Optional.ofNullable(json.get(name)).filter(value -> !value.isNull());
  }

  private static Optional<String> text(JsonNode json, String name) {
    return stated(json, name).map(JsonNode::asText);
  }

  private static Optional<Instant> instant(JsonNode json, String name) {
    return text(json, name).map(Instant::parse);
  }
}
