package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Coupons and the codes that give them out. */
final class Promotions {
  static final Shape CREATE_COUPON =
      Shape.of("id name percent_off amount_off:int currency duration:(forever|once|repeating)"
          + " duration_in_months:int max_redemptions:int redeem_by:int metadata:map expand[]"
          + " ~applies_to ~currency_options");
  static final Shape UPDATE_COUPON = Shape.of("name metadata:map expand[] ~currency_options");
  static final Shape LIST_COUPONS = Shape.of("created:range" + Lists.SHAPE);
  static final Shape CREATE_CODE =
      Shape.of("promotion{type:(coupon)! coupon}! code active:bool customer expires_at:int"
          + " max_redemptions:int metadata:map expand[] ~customer_account"
          + " restrictions{first_time_transaction:bool minimum_amount:int minimum_amount_currency"
          + " ~currency_options}");
  static final Shape UPDATE_CODE = Shape.of("active:bool metadata:map expand[] ~restrictions");
  static final Shape LIST_CODES =
      Shape.of("active:bool code coupon customer created:range ~customer_account" + Lists.SHAPE);

  private final Account account;
  private final Events events;
  private final Customers customers;

  Promotions(Account account, Events events, Customers customers) {
    this.account = account;
    this.events = events;
    this.customers = customers;
  }

  private Coupon coupon(String id, String param) {
    return Optional.ofNullable(account.coupons.get(id))
        .orElseThrow(() -> StripeException.missing("coupon", id, param));
  }

  Outcome createCoupon(Call call) {
    Params params = call.params();
    if (params.given("percent_off") == params.given("amount_off")) {
      throw StripeException.invalid(
          "parameter_missing",
          "percent_off",
          "You must pass either percent_off or amount_off when creating a coupon.");
    }
    Coupon coupon = account.begin(new Coupon(), "", 8);
    coupon.id = params.text("id", coupon.id);
    if (account.coupons.containsKey(coupon.id)) {
      throw StripeException.refused("resource_already_exists", "Coupon already exists.");
    }
    coupon.duration = params.text("duration", "once");
    coupon.durationInMonths = params.number("duration_in_months");
    if (coupon.duration.equals("repeating") == (coupon.durationInMonths == null)) {
      throw StripeException.invalid(
          "parameter_missing",
          "duration_in_months",
          "A repeating coupon needs duration_in_months, and no other can have it.");
    }
    coupon.percentOff = percentage(params.text("percent_off"));
    coupon.amountOff = params.number("amount_off");
    coupon.currency =
        coupon.amountOff == null ? null : params.required("currency").toLowerCase(Locale.ROOT);
    coupon.maxRedemptions = params.number("max_redemptions");
    coupon.redeemBy = params.number("redeem_by");
    coupon.name = params.text("name");
    params.mergeMetadata(coupon.metadata);
    account.coupons.put(coupon.id, coupon);
    events.emit("coupon.created", coupon);
    return new Outcome.One(coupon);
  }

  private static @Nullable String percentage(@Nullable String given) {
    if (given == null) {
      return null;
    }
    try {
      BigDecimal percent = new BigDecimal(given);
      if (percent.signum() > 0 && percent.compareTo(BigDecimal.valueOf(100)) <= 0) {
        return percent.toPlainString();
      }
    } catch (NumberFormatException e) {
      // refused below, as a number out of range is
    }
    throw StripeException.invalid(null, "percent_off", "Invalid percent_off: " + given);
  }

  Outcome retrieveCoupon(Call call) {
    return new Outcome.One(coupon(call.id(), "coupon"));
  }

  Outcome updateCoupon(Call call) {
    Coupon coupon = coupon(call.id(), "coupon");
    events.updating("coupon.updated", coupon, () -> {
      call.params().ifPresent("name", name -> coupon.name = name);
      call.params().mergeMetadata(coupon.metadata);
    });
    return new Outcome.One(coupon);
  }

  Outcome deleteCoupon(Call call) {
    Coupon coupon = coupon(call.id(), "coupon");
    ObjectNode last = events.snapshot(coupon);
    account.coupons.remove(coupon.id);
    events.emit("coupon.deleted", last);
    return new Outcome.Ready(
        Json.object().put("id", coupon.id).put("object", "coupon").put("deleted", true));
  }

  Outcome listCoupons(Call call) {
    return Lists.page(
        account.coupons.values(),
        coupon -> Lists.range(call.params(), "created").test(coupon.created),
        call,
        "coupon");
  }

  private PromotionCode code(String id) {
    return Optional.ofNullable(account.promotionCodes.get(id))
        .orElseThrow(() -> StripeException.missing("promotion_code", id, "promotion_code"));
  }

  Outcome createCode(Call call) {
    Params params = call.params();
    Coupon coupon = coupon(params.child("promotion").required("coupon"), "promotion[coupon]");
    String customer = params.text("customer");
    if (customer != null) {
      customers.live(customer, "customer");
    }
    PromotionCode code = account.begin(new PromotionCode(), "promo_", 24);
    code.code = params.text("code", account.newId("", 8).toUpperCase(Locale.ROOT));
    code.active = params.flag("active", true);
    requireUnused(code);
    code.coupon = coupon.id;
    code.customer = customer;
    code.expiresAt = params.number("expires_at");
    code.maxRedemptions = params.number("max_redemptions");
    Params restrictions = params.child("restrictions");
    code.firstTimeTransaction = restrictions.flag("first_time_transaction", false);
    code.minimumAmount = restrictions.number("minimum_amount");
    code.minimumAmountCurrency =
        code.minimumAmount == null ? null : restrictions.required("minimum_amount_currency");
    params.mergeMetadata(code.metadata);
    account.promotionCodes.put(code.id, code);
    events.emit("promotion_code.created", code);
    return new Outcome.One(code);
  }

  private void requireUnused(PromotionCode wanted) {
    boolean used = account.promotionCodes.values().stream()
        .anyMatch(code -> code != wanted && code.active && code.code.equalsIgnoreCase(wanted.code));
    if (wanted.active && used) {
      throw StripeException.refused(
          "resource_already_exists",
          "An active promotion code with `code: " + wanted.code + "` already exists.");
    }
  }

  Outcome retrieveCode(Call call) {
    return new Outcome.One(code(call.id()));
  }

  Outcome updateCode(Call call) {
    PromotionCode code = code(call.id());
    events.updating("promotion_code.updated", code, () -> {
      code.active = call.params().flag("active", code.active);
      call.params().mergeMetadata(code.metadata);
    });
    return new Outcome.One(code);
  }

  Outcome listCodes(Call call) {
    Params params = call.params();
    Boolean active = params.flag("active");
    String wanted = params.text("code");
    return Lists.page(
        account.promotionCodes.values(),
        code -> (active == null || active == code.active)
            && (wanted == null || wanted.equalsIgnoreCase(code.code))
            && Lists.asked(params, "coupon", code.coupon)
            && Lists.asked(params, "customer", code.customer)
            && Lists.range(params, "created").test(code.created),
        call,
        "promotion_code");
  }

  static ObjectNode coupon(Coupon coupon, long now) {
    boolean used = coupon.maxRedemptions != null && coupon.timesRedeemed >= coupon.maxRedemptions;
    boolean late = coupon.redeemBy != null && now > coupon.redeemBy;
    ObjectNode node = Json.object("coupon", coupon)
        .put("amount_off", coupon.amountOff)
        .put("currency", coupon.currency)
        .put("duration", coupon.duration)
        .put("duration_in_months", coupon.durationInMonths)
        .put("max_redemptions", coupon.maxRedemptions)
        .put("name", coupon.name)
        .put("redeem_by", coupon.redeemBy)
        .put("times_redeemed", coupon.timesRedeemed)
        .put("valid", !used && !late);
    return coupon.percentOff == null
        ? node.putNull("percent_off")
        : node.put("percent_off", new BigDecimal(coupon.percentOff));
  }

  static ObjectNode code(PromotionCode code, Account account) {
    ObjectNode node = Json.object("promotion_code", code)
        .put("active", code.active)
        .put("code", code.code)
        .put("customer", code.customer)
        .put("expires_at", code.expiresAt)
        .put("max_redemptions", code.maxRedemptions)
        .put("times_redeemed", code.timesRedeemed);
    node.putObject("promotion").put("type", "coupon").put("coupon", code.coupon);
    node.putObject("restrictions")
        .put("first_time_transaction", code.firstTimeTransaction)
        .put("minimum_amount", code.minimumAmount)
        .put("minimum_amount_currency", code.minimumAmountCurrency);
    Coupon coupon = account.coupons.get(code.coupon);
    if (coupon != null) {
      node.putObject(Json.OLDER).set("coupon", coupon(coupon, account.now));
    }
    return Json.nulls(node, "customer_account");
  }
}
