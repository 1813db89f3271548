package com.tatame.billing.http;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.http.SubscriptionHandlers.SubscriptionAnswer;
import com.tatame.billing.money.Money;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.Coupons;
import com.tatame.billing.promotion.Coupons.Verdict;
import com.tatame.billing.promotion.Obstacle;
import com.tatame.billing.promotion.Promotions.Offer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Discounts, and the codes by which the caller claims them. */
final class CouponHandlers {
  static final String PATH = "/api/v1/coupons";

  private final Catalog catalog;
  private final Coupons coupons;

  CouponHandlers(Catalog catalog, Coupons coupons) {
    this.catalog = catalog;
    this.coupons = coupons;
  }

  record CouponsAnswer(
      List<CouponAnswer> data,
      @Doc("False: they are all here.") boolean hasMore,
      @Nullable String nextCursor) {}

  record CouponAnswer(
      @Doc(value = "The provider's.", example = "SPRING") String id,
      @Nullable String name,
      @Doc("Either this or amountOff.") @Nullable BigDecimal percentOff,
      @Doc("Either this or percentOff.") @Nullable MoneyAnswer amountOff,

      @Doc(
          value = "How long the discount lasts.",
          oneOf = {"once", "repeating", "forever"})
      String duration,

      @Doc("Of a repeating one.") @Nullable Integer durationInMonths,
      @Doc("The last chance to claim it.") @Nullable Instant redeemBy) {
    static CouponAnswer of(Coupon coupon) {
      return new CouponAnswer(
          coupon.id(),
          coupon.name().orElse(null),
          coupon.percentOff().orElse(null),
          coupon.amountOff().map(MoneyAnswer::of).orElse(null),
          coupon.duration().code(),
          coupon.durationInMonths().orElse(null),
          coupon.redeemBy().orElse(null));
    }
  }

  record CodeToValidate(
      @Doc(value = "As it was typed.", example = "SPRING25") String code,

      @Doc("What is to be bought, for codes that ask for a least amount; with interval.") @Nullable
      String tier,

      @Doc(
          value = "How often to be billed.",
          oneOf = {"monthly", "yearly"})
      @Nullable
      String interval) {}

  record ValidityAnswer(
      boolean valid,

      @Doc(
          value = "Why it can't be used; null if it can.",
          oneOf = {
            "unknown",
            "expired",
            "redeemed_out",
            "inactive",
            "other_customer",
            "first_purchase_only",
            "minimum_amount"
          })
      @Nullable
      String reason,

      @Doc("The same in plain English.") @Nullable String message,

      @Doc("Either this or amountOff, of a known code.") @Nullable
      BigDecimal percentOff,

      @Doc("Either this or percentOff, of a known code.") @Nullable
      MoneyAnswer amountOff,

      @Doc(
          value = "How long the discount lasts, of a known code.",
          oneOf = {"once", "repeating", "forever"})
      @Nullable
      String duration) {
    static ValidityAnswer of(Verdict verdict) {
      Optional<Coupon> coupon = verdict.offer().map(Offer::coupon);
      return new ValidityAnswer(
          verdict.obstacle().isEmpty(),
          verdict.obstacle().map(Obstacle::code).orElse(null),
          verdict.obstacle().map(Obstacle::message).orElse(null),
          coupon.flatMap(Coupon::percentOff).orElse(null),
          coupon.flatMap(Coupon::amountOff).map(MoneyAnswer::of).orElse(null),
          coupon.map(known -> known.duration().code()).orElse(null));
    }
  }

  record CodeToApply(
      @Doc(
          value = "A promotion code; of an administrator or a program also the id of a coupon.",
          example = "SPRING25")
      String code,

      @Doc("The only living one if missing.") @Nullable String subscriptionId) {}

  Answer list(Call call) {
    call.account();
    List<CouponAnswer> all = coupons.list().stream().map(CouponAnswer::of).toList();
    return Answer.ok(new CouponsAnswer(all, false, null));
  }

  Answer validate(Call call) {
    CodeToValidate wanted = call.body(CodeToValidate.class);
    return Answer.ok(
        ValidityAnswer.of(coupons.validate(call.account(), code(wanted.code()), amount(wanted))));
  }

  Answer apply(Call call) {
    CodeToApply wanted = call.body(CodeToApply.class);
    return Answer.ok(SubscriptionAnswer.of(coupons.apply(
        call.principal(),
        code(wanted.code()),
        CustomerHandlers.text("subscriptionId", wanted.subscriptionId()))));
  }

  private Optional<Money> amount(CodeToValidate wanted) {
    Optional<String> tier = CustomerHandlers.text("tier", wanted.tier());
    if (tier.isEmpty()) {
      return Optional.empty();
    }
    BillingInterval interval = Optional.ofNullable(wanted.interval())
        .flatMap(BillingInterval::of)
        .orElseThrow(() -> ValidationFailed.of("interval", "must be monthly or yearly"));
    return Optional.of(catalog
        .plan(tier.get())
        .map(plan -> plan.prices().get(interval))
        .map(PlanPrice::price)
        .orElseThrow(() -> ValidationFailed.of("tier", "is not sold for this interval")));
  }

  private static String code(@Nullable String code) {
    return CustomerHandlers.text("code", code)
        .map(String::strip)
        .orElseThrow(() -> ValidationFailed.of("code", "is required"));
  }
}
