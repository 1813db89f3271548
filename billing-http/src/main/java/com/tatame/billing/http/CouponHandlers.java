package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.ProblemCode.RATE_LIMITED;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.http.SubscriptionHandlers.SubscriptionAnswer;
import com.tatame.billing.money.Money;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.Coupons;
import com.tatame.billing.promotion.Coupons.Verdict;
import com.tatame.billing.promotion.Ineligibility;
import com.tatame.billing.promotion.Promotions.Offer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Discounts, and the codes by which the caller claims them. */
final class CouponHandlers {
  static final String PATH = "/api/v1/coupons";

  private static final long MAX_QUANTITY = 1_000_000;

  private final Supplier<Catalog> catalog;
  private final Coupons coupons;
  private final CodeGuessLimit guesses;

  static List<Route> routes() {
    return List.of(
        get(PATH, SIGNED_IN)
            .is("Coupons", "The discounts that everybody may see")
            .answers(reply(200, CouponsAnswer.class, "In the catalog's order."))
            .by(to -> to.get(CouponHandlers.class)::list),
        post(PATH + "/validate", SIGNED_IN, NONE)
            .is("Coupons", "Whether the caller can use a code, or why not")
            .takes(CodeToValidate.class)
            .answers(reply(200, ValidityAnswer.class, "As of now; nothing is claimed."))
            .refuses(PROVIDER_REJECTED, RATE_LIMITED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(CouponHandlers.class)::validate),
        post(PATH + "/apply", SIGNED_IN, BILLING)
            .is("Coupons", "Discount a subscription by a code")
            .takes(CodeToApply.class)
            .answers(reply(200, SubscriptionAnswer.class, "As it is now."))
            .refuses(NOT_FOUND, CONFLICT, PROVIDER_REJECTED, RATE_LIMITED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(SubscriptionHandlers.class)::readAgain)
            .by(to -> to.get(CouponHandlers.class)::apply));
  }

  CouponHandlers(Supplier<Catalog> catalog, Coupons coupons, CodeGuessLimit guesses) {
    this.catalog = catalog;
    this.coupons = coupons;
    this.guesses = guesses;
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
      String interval,

      @Doc("With tier; 1 if missing.") @Nullable Long quantity,

      @Doc(value = "With tier: in which it is to be bought; any if missing.", example = "eur")
      @Nullable
      String currency) {}

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
            "other_currency",
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
          verdict.ineligibility().isEmpty(),
          verdict.ineligibility().map(Ineligibility::code).orElse(null),
          verdict.ineligibility().map(Ineligibility::message).orElse(null),
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
    String code = code(wanted.code());
    Optional<List<Money>> amounts = amounts(wanted);
    return Answer.ok(ValidityAnswer.of(guesses.attempt(
        call,
        () -> amounts.isPresent()
            ? coupons.validate(call.account(), code, amounts.get())
            : coupons.validate(call.account(), code, Optional.<Money>empty()),
        verdict -> verdict.ineligibility().equals(Optional.of(Ineligibility.UNKNOWN)))));
  }

  Answer apply(Call call) {
    CodeToApply wanted = call.body(CodeToApply.class);
    String code = code(wanted.code());
    Optional<String> subscriptionId = RequestFields.text("subscriptionId", wanted.subscriptionId());
    return Answer.ok(SubscriptionAnswer.of(guesses.attempt(
        call, () -> coupons.apply(call.principal(), code, subscriptionId), subscription -> false)));
  }

  private Optional<List<Money>> amounts(CodeToValidate wanted) {
    Optional<String> tier = RequestFields.text("tier", wanted.tier());
    Optional<String> currency = RequestFields.text("currency", wanted.currency());
    if (tier.isEmpty()) {
      if (currency.isPresent()) {
        throw ValidationFailed.of("currency", "needs a tier and an interval beside it");
      }
      if (wanted.quantity() != null) {
        throw ValidationFailed.of("quantity", "needs a tier and an interval beside it");
      }
      return Optional.empty();
    }
    long quantity = Optional.ofNullable(wanted.quantity()).orElse(1L);
    if (quantity < 1 || quantity > MAX_QUANTITY) {
      throw ValidationFailed.of("quantity", "must be from 1 to " + MAX_QUANTITY);
    }
    BillingInterval interval = Optional.ofNullable(wanted.interval())
        .flatMap(BillingInterval::of)
        .orElseThrow(() -> ValidationFailed.of("interval", "must be monthly or yearly"));
    List<Money> amounts = catalog
        .get()
        .plan(tier.get())
        .map(plan -> plan.prices().get(interval))
        .map(price -> price.amounts().all())
        .orElseThrow(() -> ValidationFailed.of("tier", "is not sold for this interval"))
        .stream()
        .filter(one -> currency.isEmpty() || currency.get().equals(one.currency()))
        .map(one -> new Money(Math.multiplyExact(one.amount(), quantity), one.currency()))
        .toList();
    if (amounts.isEmpty()) {
      throw ValidationFailed.of("currency", "is not one in which the tier is sold");
    }
    return Optional.of(amounts);
  }

  private static String code(@Nullable String code) {
    return RequestFields.text("code", code)
        .map(String::strip)
        .orElseThrow(() -> ValidationFailed.of("code", "is required"));
  }
}
