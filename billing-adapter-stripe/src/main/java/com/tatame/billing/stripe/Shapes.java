package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads Stripe's objects as JSON, by what is in them and never by the version they claim, so that
 * events of any age and answers of any version of the library give equal records.
 */
final class Shapes {
  private Shapes() {}

  /**
   * The object in our words.
   *
   * @throws UnreadableShape if something that we need is missing or unknown
   */
  static ProviderObject read(ObjectKind kind, JsonObject json) {
    Fields fields = Fields.of(json);
    if (fields.has("object") && !fields.text("object").equals(name(kind))) {
      throw fields.unreadable("object", "is not " + name(kind));
    }
    return switch (kind) {
      case CUSTOMER -> CustomerShape.read(fields);
      case SUBSCRIPTION -> SubscriptionShape.read(fields);
      case INVOICE -> InvoiceShape.read(fields);
      case CHECKOUT_SESSION -> CheckoutShape.read(fields);
      case PRODUCT -> CatalogShape.product(fields);
      case PRICE -> CatalogShape.price(fields);
    };
  }

  /** Stripe's name of a kind, in the field {@code object}. */
  static String name(ObjectKind kind) {
    return switch (kind) {
      case CUSTOMER -> "customer";
      case SUBSCRIPTION -> "subscription";
      case INVOICE -> "invoice";
      case CHECKOUT_SESSION -> "checkout.session";
      case PRODUCT -> "product";
      case PRICE -> "price";
    };
  }

  /** The id of an object that may be unreadable otherwise. */
  static Optional<String> id(JsonObject json) {
    return reference(json.get("id"));
  }

  /** Whose object it is, as far as an object that may be unreadable otherwise tells. */
  static Optional<SubjectId> subject(ObjectRef ref, JsonObject json) {
    if (ref.kind() == ObjectKind.PRODUCT
        || ref.kind() == ObjectKind.PRICE
        || ref.kind() == ObjectKind.CUSTOMER) {
      return Optional.of(new SubjectId(ref.id()));
    }
    return reference(json.get("customer")).map(SubjectId::new);
  }

  private static Optional<String> reference(@Nullable JsonElement element) {
    if (element != null && element.isJsonObject()) {
      return id(element.getAsJsonObject());
    }
    return Optional.ofNullable(element)
        .filter(JsonElement::isJsonPrimitive)
        .filter(primitive -> primitive.getAsJsonPrimitive().isString())
        .map(JsonElement::getAsString)
        .filter(id -> !id.isEmpty());
  }
}
