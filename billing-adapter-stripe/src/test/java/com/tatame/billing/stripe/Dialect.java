package com.tatame.billing.stripe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.tatame.billing.observation.ObjectKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** One story, as versions of Stripe's API tell it. */
enum Dialect {
  PRE_ACACIA("2024-06-20"),
  ACACIA("acacia"),
  BASIL("basil"),
  CLOVER("clover"),
  DAHLIA("dahlia");

  private final String file;

  Dialect(String file) {
    this.file = file;
  }

  /** The kinds of object that this version has. */
  List<ObjectKind> kinds() {
    JsonObject story = story();
    return Arrays.stream(ObjectKind.values())
        .filter(kind -> story.has(Shapes.name(kind)))
        .toList();
  }

  /** A fresh copy of the object, which may be changed. */
  JsonObject object(ObjectKind kind) {
    return story().getAsJsonObject(Shapes.name(kind));
  }

  /** A type of event that carries an object of this kind. */
  static String eventOf(ObjectKind kind) {
    return switch (kind) {
      case CUSTOMER -> "customer.updated";
      case SUBSCRIPTION -> "customer.subscription.updated";
      case INVOICE -> "invoice.paid";
      case CHECKOUT_SESSION -> "checkout.session.completed";
      case PRODUCT -> "product.created";
      case PRICE -> "price.updated";
      case PAYMENT_METHOD -> "payment_method.updated";
      case PAYMENT_INTENT -> "payment_intent.payment_failed";
      case SETUP_INTENT -> "setup_intent.setup_failed";
      case INVOICE_PAYMENT -> "invoice_payment.paid";
      case REFUND -> "refund.updated";
      case DISPUTE -> "charge.dispute.funds_reinstated";
      case COUPON -> "coupon.updated";
      case PROMOTION_CODE -> "promotion_code.created";
      case TAX_ID -> "customer.tax_id.updated";
      case SUBSCRIPTION_SCHEDULE -> "subscription_schedule.updated";
    };
  }

  /** An event that carries the object. */
  String event(String type, JsonObject object) {
    JsonObject data = new JsonObject();
    data.add("object", object);
    JsonObject event = new JsonObject();
    event.addProperty("id", "evt_1");
    event.addProperty("object", "event");
    event.add("api_version", story().get("api_version"));
    event.addProperty("created", 1_767_225_601L);
    event.add("data", data);
    event.addProperty("livemode", false);
    event.addProperty("type", type);
    return event.toString();
  }

  /** The first element of an array of objects inside an object. */
  static JsonObject first(JsonObject object, String list) {
    JsonElement found = object.get(list);
    JsonArray array = found.isJsonObject()
        ? found.getAsJsonObject().getAsJsonArray("data")
        : found.getAsJsonArray();
    return array.get(0).getAsJsonObject();
  }

  private JsonObject story() {
    try (InputStream in = Dialect.class.getResourceAsStream("/dialects/" + file + ".json")) {
      if (in == null) {
        throw new IllegalStateException("no fixture of " + file);
      }
      return JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
