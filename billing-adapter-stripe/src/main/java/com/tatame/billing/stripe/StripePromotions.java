package com.tatame.billing.stripe;

import com.stripe.net.RequestOptions;
import com.stripe.param.CouponCreateParams;
import com.stripe.param.PromotionCodeListParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.common.EmptyParam;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.DiscountTerms;
import com.tatame.billing.promotion.Promotions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks coupons and their codes up, and puts them on subscriptions. */
final class StripePromotions implements Promotions {
  private static final String CODES = "promotion_codes.list";
  private static final String COUPON = "coupon.read";
  private static final String APPLY = "subscriptions.discount";
  private static final String REMOVE = "subscriptions.undiscount";
  private static final String CREATE = "coupons.create";
  private static final long PAGE = 100;

  private final StripeCalls calls;
  private final StripeReads reads;

  StripePromotions(StripeCalls calls, StripeReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public List<Offer> codes(String code) {
    List<Offer> offers = new ArrayList<>();
    StripePages.each(
        calls,
        CODES,
        after -> {
          PromotionCodeListParams.Builder params = PromotionCodeListParams.builder()
              .setCode(code)
              .setLimit(PAGE)
              .addExpand("data.promotion.coupon");
          after.ifPresent(params::setStartingAfter);
          return client -> client.v1().promotionCodes().list(params.build());
        },
        (answer, bodies) -> bodies.forEach(
            body -> offers.add(StripeReads.understood(CODES, () -> offer(Fields.of(body))))));
    return List.copyOf(offers);
  }

  private static Offer offer(Fields code) {
    return new Offer(
        PromotionShape.code(code),
        PromotionShape.coupon(code.object("promotion").object("coupon")));
  }

  @Override
  public Optional<Coupon> coupon(String couponId) {
    StripeResult answer = calls.read(COUPON, client -> client.v1().coupons().retrieve(couponId));
    return answer
        .live()
        .map(body -> StripeReads.understood(COUPON, () -> PromotionShape.coupon(Fields.of(body))));
  }

  @Override
  public Observation applyCode(
      String subscriptionId, String promotionCodeId, String idempotencyKey) {
    return apply(
        subscriptionId,
        SubscriptionUpdateParams.Discount.builder()
            .setPromotionCode(promotionCodeId)
            .build(),
        idempotencyKey);
  }

  @Override
  public Observation applyCoupon(String subscriptionId, String couponId, String idempotencyKey) {
    return apply(
        subscriptionId,
        SubscriptionUpdateParams.Discount.builder().setCoupon(couponId).build(),
        idempotencyKey);
  }

  /** An id that is taken says that an earlier try came through. */
  @Override
  public void createCoupon(
      String id, DiscountTerms terms, String commandId, String idempotencyKey) {
    CouponCreateParams.Builder params = CouponCreateParams.builder()
        .setId(id)
        .setDuration(duration(terms.duration()))
        .setMaxRedemptions(1L)
        .putMetadata(Metadata.COMMAND, commandId);
    terms.percentOff().ifPresent(params::setPercentOff);
    terms
        .amountOff()
        .ifPresent(off -> params.setAmountOff(off.amount()).setCurrency(off.currency()));
    terms.months().map(Integer::longValue).ifPresent(params::setDurationInMonths);
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    try {
      calls.send(CREATE, client -> client.v1().coupons().create(params.build(), options));
    } catch (ProviderRejected e) {
      if (!e.providerCode().equals("resource_already_exists")) {
        throw e;
      }
    }
  }

  private static CouponCreateParams.Duration duration(Coupon.Duration duration) {
    return switch (duration) {
      case ONCE -> CouponCreateParams.Duration.ONCE;
      case REPEATING -> CouponCreateParams.Duration.REPEATING;
      case FOREVER -> CouponCreateParams.Duration.FOREVER;
    };
  }

  @Override
  public Observation removeDiscounts(String subscriptionId, String idempotencyKey) {
    SubscriptionUpdateParams params = SubscriptionUpdateParams.builder()
        .setDiscounts(EmptyParam.EMPTY)
        .addExpand(StripeReads.DISCOUNTS)
        .build();
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    StripeResult answer = calls.send(
        REMOVE, client -> client.v1().subscriptions().update(subscriptionId, params, options));
    return reads.answered(REMOVE, ObjectKind.SUBSCRIPTION, answer);
  }

  private Observation apply(
      String subscriptionId, SubscriptionUpdateParams.Discount discount, String idempotencyKey) {
    SubscriptionUpdateParams params = SubscriptionUpdateParams.builder()
        .addDiscount(discount)
        .addExpand(StripeReads.DISCOUNTS)
        .build();
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    StripeResult answer = calls.send(
        APPLY, client -> client.v1().subscriptions().update(subscriptionId, params, options));
    return reads.answered(APPLY, ObjectKind.SUBSCRIPTION, answer);
  }
}
