package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Customers' tax ids; they are not verified here. */
final class TaxIds {
  static final Shape CREATE = Shape.of("type! value! expand[]");

  private static final Set<String> NAMED_BY_REGION = Set.of("eu", "xi");

  private final Account account;
  private final Events events;
  private final Customers customers;

  TaxIds(Account account, Events events, Customers customers) {
    this.account = account;
    this.events = events;
    this.customers = customers;
  }

  Outcome create(Call call) {
    Customer customer = customers.live(call.id(), "customer");
    TaxId taxId = account.begin(new TaxId(), "txi_", 24);
    taxId.customer = customer.id;
    taxId.type = call.params().required("type");
    taxId.value = call.params().required("value");
    if (taxId.type.indexOf('_') != 2) {
      throw StripeException.invalid("tax_id_invalid", "type", "Invalid type: " + taxId.type + ".");
    }
    if (!taxId.value.matches("[A-Za-z0-9./ -]{5,}") || !taxId.value.matches(".*\\d.*")) {
      throw StripeException.invalid(
          "tax_id_invalid", "value", "Invalid value for " + taxId.type + ".");
    }
    account.taxIds.put(taxId.id, taxId);
    events.emit("customer.tax_id.created", taxId);
    return new Outcome.One(taxId);
  }

  private TaxId taxId(String id) {
    return Optional.ofNullable(account.taxIds.get(id))
        .orElseThrow(() -> StripeException.missing("tax_id", id, "id"));
  }

  private TaxId ofCustomer(Call call) {
    TaxId taxId = taxId(call.ids().get(1));
    if (!taxId.customer.equals(call.id())) {
      throw StripeException.missing("tax_id", taxId.id, "id");
    }
    return taxId;
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(taxId(call.id()));
  }

  Outcome retrieveOfCustomer(Call call) {
    return new Outcome.One(ofCustomer(call));
  }

  Outcome delete(Call call) {
    TaxId taxId = ofCustomer(call);
    events.emit("customer.tax_id.deleted", taxId);
    account.taxIds.remove(taxId.id);
    return new Outcome.Ready(
        Json.object().put("id", taxId.id).put("object", "tax_id").put("deleted", true));
  }

  Outcome list(Call call) {
    customers.live(call.id(), "customer");
    return Lists.page(
        account.taxIds.values(), taxId -> taxId.customer.equals(call.id()), call, "tax_id");
  }

  static ObjectNode json(TaxId taxId) {
    String region = taxId.type.substring(0, 2);
    String country = NAMED_BY_REGION.contains(region)
        ? taxId.value.substring(0, Math.min(2, taxId.value.length()))
        : region;
    ObjectNode node = Json.object("tax_id", taxId)
        .put("country", country.toUpperCase(Locale.ROOT))
        .put("customer", taxId.customer)
        .put("type", taxId.type)
        .put("value", taxId.value);
    node.remove("metadata");
    node.putObject("owner")
        .put("type", "customer")
        .put("customer", taxId.customer)
        .putNull("customer_account");
    node.putObject("verification")
        .put("status", "unavailable")
        .putNull("verified_address")
        .putNull("verified_name");
    return Json.nulls(node, "customer_account");
  }
}
