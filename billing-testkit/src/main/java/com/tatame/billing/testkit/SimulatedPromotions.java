package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.DiscountTerms;
import com.tatame.billing.promotion.Promotions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Looks coupons and their codes up, and puts them on subscriptions. */
final class SimulatedPromotions implements Promotions {
  private final SimulatedCalls calls;
  private final SimulatedReads reads;

  SimulatedPromotions(SimulatedCalls calls, SimulatedReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public List<Offer> codes(String code) {
    JsonNode list = calls
        .get("/v1/promotion_codes", Map.of("code", code, "limit", "100"))
        .body()
        .required("data");
    return StreamSupport.stream(list.spliterator(), false)
        .map(ProviderMoney::promotionCode)
        .flatMap(found -> coupon(found.couponId()).map(coupon -> new Offer(found, coupon)).stream())
        .toList();
  }

  @Override
  public Optional<Coupon> coupon(String couponId) {
    JsonNode body = calls.find("/v1/coupons/" + couponId).body();
    return body.has("id") ? Optional.of(ProviderMoney.coupon(body)) : Optional.<Coupon>empty();
  }

  @Override
  public Observation applyCode(
      String subscriptionId, String promotionCodeId, String idempotencyKey) {
    return apply(subscriptionId, Map.of("promotion_code", promotionCodeId), idempotencyKey);
  }

  @Override
  public Observation applyCoupon(String subscriptionId, String couponId, String idempotencyKey) {
    return apply(subscriptionId, Map.of("coupon", couponId), idempotencyKey);
  }

  @Override
  public void createCoupon(
      String id, DiscountTerms terms, String commandId, String idempotencyKey) {
    Map<String, Object> parameters = new HashMap<>(Map.of(
        "id",
        id,
        "duration",
        terms.duration().code(),
        "max_redemptions",
        "1",
        "metadata",
        Map.of(ProviderRecords.COMMAND, commandId)));
    terms.percentOff().ifPresent(off -> parameters.put("percent_off", off.toPlainString()));
    terms.amountOff().ifPresent(off -> {
      parameters.put("amount_off", Long.toString(off.amount()));
      parameters.put("currency", off.currency());
    });
    terms
        .months()
        .ifPresent(months -> parameters.put("duration_in_months", Integer.toString(months)));
    try {
      calls.post("/v1/coupons", parameters, idempotencyKey);
    } catch (ProviderRejected e) {
      if (!e.providerCode().equals("resource_already_exists")) {
        throw e;
      }
    }
  }

  @Override
  public Observation removeDiscounts(String subscriptionId, String idempotencyKey) {
    return reads.mutate(
        ObjectKind.SUBSCRIPTION,
        "/v1/subscriptions/" + subscriptionId,
        Map.of("discounts", ""),
        idempotencyKey);
  }

  private Observation apply(
      String subscriptionId, Map<String, Object> discount, String idempotencyKey) {
    return reads.mutate(
        ObjectKind.SUBSCRIPTION,
        "/v1/subscriptions/" + subscriptionId,
        Map.of("discounts", List.of(discount)),
        idempotencyKey);
  }
}
