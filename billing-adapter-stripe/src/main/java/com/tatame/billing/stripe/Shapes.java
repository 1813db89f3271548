package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.util.Locale;
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
      case PAYMENT_METHOD -> PaymentShape.method(fields);
      case PAYMENT_INTENT -> PaymentShape.intent(fields);
      case SETUP_INTENT -> PaymentShape.setup(fields);
      case INVOICE_PAYMENT -> PaymentShape.invoicePayment(fields);
      case REFUND -> RefundShape.refund(fields);
      case DISPUTE -> RefundShape.dispute(fields);
      case COUPON -> PromotionShape.coupon(fields);
      case PROMOTION_CODE -> PromotionShape.code(fields);
      case TAX_ID -> CustomerShape.taxId(fields);
      case SUBSCRIPTION_SCHEDULE -> ScheduleShape.read(fields);
    };
  }

  /** Stripe's name of a kind, in the field {@code object}. */
  static String name(ObjectKind kind) {
    return kind == ObjectKind.CHECKOUT_SESSION
        ? "checkout.session"
        : kind.name().toLowerCase(Locale.ROOT);
  }

  /** The id of an object that may be unreadable otherwise. */
  static Optional<String> id(JsonObject json) {
    return reference(json.get("id"));
  }

  /**
   * Whether an object that is there is none to us: a payment method without a customer was taken off
   * it for good, or is used only once.
   */
  static boolean gone(ObjectKind kind, JsonObject json) {
    JsonElement customer = json.get("customer");
    return kind == ObjectKind.PAYMENT_METHOD && customer != null && customer.isJsonNull();
  }

  /** Whose object it is, as far as an object that may be unreadable otherwise tells. */
  static Optional<SubjectId> subject(ObjectRef ref, JsonObject json) {
    return switch (ref.kind()) {
      case PRODUCT, PRICE, CUSTOMER, COUPON, PROMOTION_CODE, PAYMENT_INTENT, SETUP_INTENT ->
        Optional.of(new SubjectId(ref.id()));
      case REFUND, DISPUTE -> Optional.of(ofPayment(ref, json));
      case INVOICE_PAYMENT ->
        Optional.ofNullable(json.get("payment"))
            .filter(JsonElement::isJsonObject)
            .map(payment -> ofPayment(ref, payment.getAsJsonObject()));
      case SUBSCRIPTION, INVOICE, CHECKOUT_SESSION, PAYMENT_METHOD, TAX_ID, SUBSCRIPTION_SCHEDULE ->
        reference(json.get("customer")).map(SubjectId::new);
    };
  }

  private static SubjectId ofPayment(ObjectRef ref, JsonObject json) {
    return SubjectId.ofPayment(
        reference(json.get("payment_intent")), reference(json.get("charge")), ref.id());
  }

  /** The id that stands there alone or as that of a whole object. */
  static Optional<String> reference(@Nullable JsonElement element) {
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
