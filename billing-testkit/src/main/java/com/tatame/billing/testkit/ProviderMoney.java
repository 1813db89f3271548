package com.tatame.billing.testkit;

import static com.tatame.billing.testkit.ProviderRecords.account;
import static com.tatame.billing.testkit.ProviderRecords.constant;
import static com.tatame.billing.testkit.ProviderRecords.instant;
import static com.tatame.billing.testkit.ProviderRecords.metadata;
import static com.tatame.billing.testkit.ProviderRecords.number;
import static com.tatame.billing.testkit.ProviderRecords.optionalInstant;
import static com.tatame.billing.testkit.ProviderRecords.optionalText;
import static com.tatame.billing.testkit.ProviderRecords.stated;
import static com.tatame.billing.testkit.ProviderRecords.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.catalog.Discount;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.invoice.InvoicePayment;
import com.tatame.billing.money.Money;
import com.tatame.billing.payment.Dispute;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.SetupIntent;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.PromotionCode;
import com.tatame.billing.refund.Refund;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** As {@link ProviderRecords}, for what moves money or takes off from it. */
final class ProviderMoney {
  private ProviderMoney() {}

  static PaymentMethod paymentMethod(JsonNode json) {
    String type = text(json, "type");
    Optional<JsonNode> card = stated(json, type);
    return new PaymentMethod(
        text(json, "id"),
        text(json, "customer"),
        type,
        card.flatMap(c -> optionalText(c, "brand")),
        card.flatMap(c -> optionalText(c, "last4")),
        card.flatMap(c -> stated(c, "exp_month")).map(JsonNode::asInt),
        card.flatMap(c -> stated(c, "exp_year")).map(JsonNode::asInt),
        card.flatMap(c -> optionalText(c, "fingerprint")),
        instant(json, "created"));
  }

  static PaymentIntent paymentIntent(JsonNode json) {
    return new PaymentIntent(
        text(json, "id"),
        optionalText(json, "customer"),
        account(json),
        constant(json, "status", PaymentIntent.Status.class),
        text(json, "currency"),
        number(json, "amount"),
        number(json, "amount_received"),
        optionalText(json, "payment_method"),
        optionalText(json, "latest_charge"),
        stated(json, "last_payment_error")
            .map(error -> new PaymentIntent.Failure(
                optionalText(error, "code"),
                optionalText(error, "decline_code"),
                optionalText(error, "charge"),
                optionalText(error, "message"))),
        metadata(json),
        sale(metadata(json), text(json, "currency")),
        instant(json, "created"),
        optionalInstant(json, "canceled_at"));
  }

  /** What was agreed, if a payment says all of it. */
  static Optional<ItemSale> sale(Map<String, String> metadata, String currency) {
    Optional<Long> listPrice = wholeNumber(metadata.get("list_price"));
    String purchase = metadata.get("purchase");
    String item = metadata.get("item");
    String kind = metadata.get("item_kind");
    if (listPrice.isEmpty() || purchase == null || item == null || kind == null) {
      return Optional.empty();
    }
    Optional<Discount> discount = wholeNumber(metadata.get("discount_percent"))
        .filter(percent -> percent >= 1 && percent <= 100)
        .map(percent ->
            new Discount(percent.intValue(), metadata.getOrDefault("discount_reason", "unknown")));
    return Optional.of(
        new ItemSale(purchase, item, kind, new Money(listPrice.get(), currency), discount));
  }

  private static Optional<Long> wholeNumber(@Nullable String text) {
    return Optional.ofNullable(text)
        .filter(digits -> digits.matches("\\d{1,12}"))
        .map(Long::valueOf);
  }

  static Map<String, String> sale(ItemSale sale) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("purchase", sale.purchaseId());
    metadata.put("item", sale.item());
    metadata.put("item_kind", sale.kind());
    metadata.put("list_price", Long.toString(sale.listPrice().amount()));
    sale.discount().ifPresent(discount -> {
      metadata.put("discount_percent", Integer.toString(discount.percent()));
      metadata.put("discount_reason", discount.reason());
    });
    return metadata;
  }

  static SetupIntent setupIntent(JsonNode json) {
    return new SetupIntent(
        text(json, "id"),
        optionalText(json, "customer"),
        constant(json, "status", SetupIntent.Status.class),
        text(json, "usage"),
        optionalText(json, "payment_method"),
        stated(json, "last_setup_error").flatMap(error -> optionalText(error, "code")),
        instant(json, "created"));
  }

  static InvoicePayment invoicePayment(JsonNode json) {
    JsonNode transitions = json.required("status_transitions");
    return new InvoicePayment(
        text(json, "id"),
        text(json, "invoice"),
        optionalText(json.required("payment"), "payment_intent"),
        optionalText(json.required("payment"), "charge"),
        constant(json, "status", InvoicePayment.Status.class),
        text(json, "currency"),
        number(json, "amount_requested"),
        stated(json, "amount_paid").map(JsonNode::asLong),
        instant(json, "created"),
        optionalInstant(transitions, "paid_at"),
        optionalInstant(transitions, "canceled_at"));
  }

  static Refund refund(JsonNode json) {
    return new Refund(
        text(json, "id"),
        optionalText(json, "payment_intent"),
        optionalText(json, "charge"),
        constant(json, "status", Refund.Status.class),
        text(json, "currency"),
        number(json, "amount"),
        optionalText(json, "reason"),
        optionalText(json, "failure_reason"),
        instant(json, "created"));
  }

  static Dispute dispute(JsonNode json) {
    return new Dispute(
        text(json, "id"),
        optionalText(json, "payment_intent"),
        text(json, "charge"),
        constant(json, "status", Dispute.Status.class),
        text(json, "reason"),
        text(json, "currency"),
        number(json, "amount"),
        optionalInstant(json.required("evidence_details"), "due_by"),
        movement(json, -1),
        movement(json, 1),
        instant(json, "created"));
  }

  private static Optional<Dispute.Movement> movement(JsonNode dispute, int sign) {
    return StreamSupport.stream(dispute.required("balance_transactions").spliterator(), false)
        .filter(moved -> Long.signum(number(moved, "amount")) == sign)
        .findFirst()
        .map(moved -> new Dispute.Movement(
            new Money(sign * number(moved, "amount"), text(moved, "currency")),
            instant(moved, "created")));
  }

  static Coupon coupon(JsonNode json) {
    return new Coupon(
        text(json, "id"),
        optionalText(json, "name"),
        stated(json, "percent_off").map(ProviderRecords::decimal),
        stated(json, "amount_off")
            .map(amount -> new Money(amount.asLong(), text(json, "currency"))),
        constant(json, "duration", Coupon.Duration.class),
        stated(json, "duration_in_months").map(JsonNode::asInt),
        stated(json, "max_redemptions").map(JsonNode::asLong),
        number(json, "times_redeemed"),
        optionalInstant(json, "redeem_by"),
        metadata(json),
        instant(json, "created"));
  }

  static PromotionCode promotionCode(JsonNode json) {
    JsonNode restrictions = json.required("restrictions");
    return new PromotionCode(
        text(json, "id"),
        text(json, "code"),
        text(json.required("promotion"), "coupon"),
        json.required("active").asBoolean(),
        optionalText(json, "customer"),
        optionalInstant(json, "expires_at"),
        stated(json, "max_redemptions").map(JsonNode::asLong),
        number(json, "times_redeemed"),
        restrictions.required("first_time_transaction").asBoolean(),
        stated(restrictions, "minimum_amount")
            .map(amount ->
                new Money(amount.asLong(), text(restrictions, "minimum_amount_currency"))),
        instant(json, "created"));
  }
}
