package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A dated API version and how its shapes differ from the newest. Objects are always rendered in the newest shape and then
 * taken back, change by change, to the version that is asked for.
 */
record ApiVersion(String name) {
  static final String NEWEST = "2026-07-29.dahlia";

  private static final String BASIL = "2025-03-31";
  private static final String BILLING_MODE = "2025-06-30";
  private static final String CLOVER = "2025-09-30";
  private static final String DAHLIA = "2026-03-25";
  private static final String BILLING_SCHEDULES = "2026-05-27";
  private static final Pattern FORM = Pattern.compile("20\\d\\d-\\d\\d-\\d\\d(\\.[a-z_]+)?");

  static ApiVersion of(String name) {
    if (!FORM.matcher(name).matches()) {
      throw StripeException.invalid(null, null, "Invalid Stripe API version: " + name);
    }
    return new ApiVersion(name);
  }

  /** Whether events of this type existed in this version. */
  boolean hasEvent(String type) {
    return !type.startsWith("invoice_payment.") || !before(BASIL);
  }

  private boolean before(String date) {
    return name.compareTo(date) < 0;
  }

  /** A copy in the shape of this version, objects within objects included. */
  JsonNode translate(JsonNode newest) {
    JsonNode copy = newest.deepCopy();
    visit(copy);
    return copy;
  }

  private void visit(JsonNode node) {
    if (node instanceof ObjectNode object) {
      takeBack(object);
    }
    node.forEach(this::visit);
  }

  private void takeBack(ObjectNode node) {
    JsonNode older = node.remove(Json.OLDER);
    if (before(BASIL) && older instanceof ObjectNode fields) {
      node.setAll(fields);
    }
    switch (node.path("object").asText()) {
      case "subscription" -> subscription(node);
      case "subscription_item" -> {
        if (before(BASIL)) {
          node.remove(List.of("current_period_start", "current_period_end"));
        }
      }
      case "invoice" -> invoice(node);
      case "line_item" -> line(node);
      case "checkout.session" -> session(node);
      case "promotion_code" -> {
        if (before(CLOVER)) {
          node.remove(List.of("promotion", "customer_account"));
          node.set("coupon", older == null ? NullNode.instance : older.get("coupon"));
        }
      }
      case "invoiceitem" -> {
        if (before(DAHLIA)) {
          node.remove(List.of("net_amount", "quantity_decimal"));
        }
        if (before(BASIL)) {
          node.remove(List.of("customer_account", "parent", "pricing"));
        }
      }
      case "discount" -> {
        if (before(CLOVER)) {
          node.remove(List.of("source", "customer_account"));
          node.set("coupon", older == null ? NullNode.instance : older.get("coupon"));
        }
      }
      case "refund" -> {
        if (before(DAHLIA)) {
          node.remove(List.of("customer", "customer_account", "payment_method"));
        }
      }
      case "dispute" -> {
        if (before(BASIL)) {
          node.remove(List.of("enhanced_eligibility_types", "payment_method_details"));
        }
      }
      case "subscription_schedule" -> {
        if (before(BILLING_MODE)) {
          node.remove(List.of("billing_mode", "customer_account"));
        }
      }
      case "payment_intent", "charge", "customer", "payment_method", "setup_intent", "tax_id" -> {
        if (before(BILLING_MODE)) {
          node.remove(List.of("customer_account", "managed_payments"));
        }
      }
      default -> {
        // the other kinds did not change
      }
    }
  }

  private void subscription(ObjectNode node) {
    if (before(BILLING_SCHEDULES)) {
      node.remove("billing_schedules");
    }
    if (before(BILLING_MODE)) {
      node.remove(List.of("billing_mode", "customer_account", "managed_payments"));
    } else if (before(CLOVER) && node.get("billing_mode") instanceof ObjectNode mode) {
      mode.remove("flexible");
    }
  }

  private void invoice(ObjectNode node) {
    if (before(BILLING_SCHEDULES)) {
      node.remove("amount_paid_off_stripe");
    }
    if (before(BILLING_MODE)) {
      node.remove("customer_account");
    }
    if (before(BASIL)) {
      node.remove(
          List.of("amount_overpaid", "confirmation_secret", "parent", "payments", "total_taxes"));
    }
  }

  private void line(ObjectNode node) {
    if (before(DAHLIA)) {
      node.remove(List.of("quantity_decimal", "subtotal"));
    }
    if (before(BASIL)) {
      node.remove(List.of("parent", "pricing", "taxes"));
    }
  }

  private void session(ObjectNode node) {
    if (before(DAHLIA)) {
      node.put("ui_mode", "hosted");
      node.remove(List.of("integration_identifier", "managed_payments"));
    }
    if (before(BASIL)) {
      node.remove(
          List.of("collected_information", "customer_account", "permissions", "wallet_options"));
    }
  }

  /**
   * What an update's event says of the past: the old value of everything that changed; of an object only what changed in it,
   * of a list the whole old list, and null for what was not there.
   */
  static ObjectNode previousAttributes(JsonNode before, JsonNode after) {
    ObjectNode previous = Json.object();
    after.fieldNames().forEachRemaining(name -> {
      JsonNode old = before.get(name);
      JsonNode now = after.get(name);
      if (old == null) {
        previous.putNull(name);
      } else if (!old.equals(now)) {
        boolean inside = old.isObject() && now.isObject() && !(old instanceof ArrayNode);
        previous.set(name, inside ? previousAttributes(old, now) : old.deepCopy());
      }
    });
    before.fieldNames().forEachRemaining(name -> {
      if (!after.has(name)) {
        previous.set(name, before.get(name).deepCopy());
      }
    });
    return previous;
  }
}
