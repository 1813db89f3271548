package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** Products, prices and the legacy plans that stand beside prices. */
final class CatalogJson {
  private CatalogJson() {}

  static ObjectNode product(Product product) {
    ObjectNode node = Json.object("product", product)
        .put("active", product.active)
        .put("default_price", product.defaultPrice)
        .put("description", product.description)
        .put("name", product.name)
        .put("shippable", product.shippable)
        .put("statement_descriptor", product.statementDescriptor)
        .put("tax_code", product.taxCode)
        .put("type", "service")
        .put("unit_label", product.unitLabel)
        .put("updated", product.updated)
        .put("url", product.url);
    ArrayNode features = node.putArray("marketing_features");
    product.marketingFeatures.forEach(name -> features.addObject().put("name", name));
    node.set("images", Json.texts(product.images));
    return Json.nulls(node, "package_dimensions");
  }

  static ObjectNode price(Price price) {
    ObjectNode node = Json.object("price", price)
        .put("active", price.active)
        .put("billing_scheme", "per_unit")
        .put("currency", price.currency)
        .put("lookup_key", price.lookupKey)
        .put("nickname", price.nickname)
        .put("product", price.product)
        .put("tax_behavior", price.taxBehavior)
        .put("type", price.recurring == null ? "one_time" : "recurring")
        .put("unit_amount", price.unitAmount)
        .put("unit_amount_decimal", String.valueOf(price.unitAmount));
    if (price.recurring == null) {
      node.putNull("recurring");
    } else {
      node.putObject("recurring")
          .put("interval", price.recurring.interval())
          .put("interval_count", price.recurring.intervalCount())
          .put("meter", price.recurring.meter())
          .putNull("trial_period_days")
          .put("usage_type", price.recurring.usageType());
    }
    return Json.nulls(node, "custom_unit_amount", "tiers_mode", "transform_quantity");
  }

  /** What a price costs in each of its currencies, its own included. */
  static ObjectNode currencyOptions(Price price) {
    ObjectNode options = Json.object();
    Map<String, Long> amounts = new TreeMap<>(price.currencyOptions);
    amounts.put(price.currency, price.unitAmount);
    amounts.forEach((currency, amount) -> options
        .putObject(currency)
        .putNull("custom_unit_amount")
        .put("tax_behavior", price.taxBehavior)
        .put("unit_amount", amount)
        .put("unit_amount_decimal", String.valueOf(amount)));
    return options;
  }

  static ObjectNode plan(Price price) {
    Recurrence recurrence = price.recurrence();
    ObjectNode node = Json.object("plan", price)
        .put("active", price.active)
        .put("amount", price.unitAmount)
        .put("amount_decimal", String.valueOf(price.unitAmount))
        .put("billing_scheme", "per_unit")
        .put("currency", price.currency)
        .put("interval", recurrence.interval())
        .put("interval_count", recurrence.intervalCount())
        .put("meter", recurrence.meter())
        .put("nickname", price.nickname)
        .put("product", price.product)
        .put("usage_type", recurrence.usageType());
    return Json.nulls(node, "tiers_mode", "transform_usage", "trial_period_days");
  }
}
