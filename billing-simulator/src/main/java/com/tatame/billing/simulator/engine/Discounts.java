package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives coupons to subscriptions, and takes them off invoices. */
final class Discounts {
  static final String SHAPE = " discounts[]{coupon discount promotion_code}?";

  private final Account account;
  private final Events events;

  Discounts(Account account, Events events) {
    this.account = account;
    this.events = events;
  }

  /** The coupons that a request names, each checked; nothing is given yet. */
  void check(Subscription subscription, Params params) {
    for (Params wanted : params.children("discounts")) {
      if (wanted.given("discount")) {
        String id = wanted.required("discount");
        if (!subscription.discounts.contains(id)) {
          throw StripeException.missing("discount", id, wanted.path("discount"));
        }
      } else {
        redeemable(subscription, wanted);
      }
    }
  }

  private Coupon redeemable(Subscription subscription, Params wanted) {
    long amount = subscription.items.stream()
        .mapToLong(
            item -> account.price(item.price).amountFor(item.quantity, subscription.currency))
        .sum();
    return redeemable(subscription.customer, subscription.currency, amount, wanted);
  }

  private Coupon redeemable(
      @Nullable String customer, String currency, long amount, Params wanted) {
    PromotionCode code = wanted.given("promotion_code")
        ? Optional.ofNullable(account.promotionCodes.get(wanted.required("promotion_code")))
            .orElseThrow(() -> StripeException.missing(
                "promotion_code", wanted.required("promotion_code"), wanted.path("promotion_code")))
        : null;
    String id = code == null ? wanted.required("coupon") : code.coupon;
    Coupon coupon = Optional.ofNullable(account.coupons.get(id))
        .orElseThrow(() -> StripeException.missing("coupon", id, wanted.path("coupon")));
    if (code != null && !usable(code, customer, currency, amount)) {
      throw StripeException.invalid(
          "promotion_code_expired",
          wanted.path("promotion_code"),
          "This promotion code cannot be redeemed.");
    }
    boolean used = coupon.maxRedemptions != null && coupon.timesRedeemed >= coupon.maxRedemptions;
    if (used || (coupon.redeemBy != null && account.now > coupon.redeemBy)) {
      throw StripeException.invalid(
          "coupon_expired", wanted.path("coupon"), "Coupon expired: " + coupon.id);
    }
    if (coupon.currency != null && !coupon.currency.equals(currency)) {
      throw StripeException.invalid(
          null,
          wanted.path("coupon"),
          "The coupon's currency is not that of the subscription: " + coupon.currency);
    }
    return coupon;
  }

  private boolean usable(
      PromotionCode code, @Nullable String customer, String currency, long amount) {
    boolean paidBefore = account.invoices.values().stream()
        .anyMatch(invoice -> invoice.customer.equals(customer) && invoice.amountPaid > 0);
    boolean enough = code.minimumAmount == null
        || (currency.equals(code.minimumAmountCurrency) && amount >= code.minimumAmount);
    return code.active
        && (code.expiresAt == null || code.expiresAt > account.now)
        && (code.maxRedemptions == null || code.timesRedeemed < code.maxRedemptions)
        && (code.customer == null || code.customer.equals(customer))
        && !(code.firstTimeTransaction && paidBefore)
        && enough;
  }

  /** What a checkout is sold with; nothing is redeemed before it is paid. */
  void offer(CheckoutSession session, Params params) {
    List<Params> wanted = params.children("discounts");
    if (wanted.isEmpty()) {
      return;
    }
    if (params.given("allow_promotion_codes")) {
      throw StripeException.invalid(
          null,
          "allow_promotion_codes",
          "You may only specify one of these parameters: allow_promotion_codes, discounts.");
    }
    if (wanted.size() > 1) {
      throw StripeException.invalid(
          null, "discounts", "You can only apply one discount to a Checkout Session.");
    }
    long amount = session.lineItems.stream()
        .mapToLong(item -> account.price(item.price()).amountFor(item.quantity(), session.currency))
        .sum();
    session.coupon = redeemable(session.customer, session.currency, amount, wanted.get(0)).id;
    session.promotionCode = wanted.get(0).text("promotion_code");
  }

  /** What a coupon takes off the line items of a checkout. */
  static List<Long> off(@Nullable Coupon coupon, List<Long> amounts) {
    List<Long> off = new ArrayList<>();
    long base = amounts.stream().mapToLong(Long::longValue).sum();
    long left = coupon == null || coupon.amountOff == null ? 0 : Math.min(coupon.amountOff, base);
    for (long amount : amounts) {
      if (coupon == null) {
        off.add(0L);
      } else if (coupon.percentOff != null) {
        off.add(Proration.percent(amount, coupon.percentOff));
      } else {
        long share = base == 0 ? 0 : Math.multiplyExact(left, amount) / base;
        left -= share;
        base -= amount;
        off.add(share);
      }
    }
    return off;
  }

  /** Gives a subscription that was just bought what its checkout was sold with. */
  void redeem(Subscription subscription, CheckoutSession session) {
    Coupon coupon = session.coupon == null ? null : account.coupons.get(session.coupon);
    if (coupon == null) {
      return;
    }
    Discount discount = give(subscription, coupon);
    PromotionCode code =
        session.promotionCode == null ? null : account.promotionCodes.get(session.promotionCode);
    if (code != null) {
      discount.promotionCode = code.id;
      code.timesRedeemed++;
    }
    subscription.discounts.add(discount.id);
    events.emit("customer.discount.created", discount);
  }

  /** Puts what a checked request names in the place of the subscription's discounts. */
  void replace(Subscription subscription, Params params) {
    if (!params.has("discounts")) {
      return;
    }
    List<String> kept = new ArrayList<>();
    for (Params wanted : params.children("discounts")) {
      String existing = wanted.text("discount");
      if (existing == null) {
        String promotion = wanted.text("promotion_code");
        Discount discount = give(subscription, redeemable(subscription, wanted));
        discount.promotionCode = promotion;
        PromotionCode code = promotion == null ? null : account.promotionCodes.get(promotion);
        if (code != null) {
          code.timesRedeemed++;
        }
        events.emit("customer.discount.created", discount);
        kept.add(discount.id);
      } else {
        kept.add(existing);
      }
    }
    account.discounts(subscription.discounts).stream()
        .filter(discount -> !kept.contains(discount.id))
        .forEach(discount -> events.emit("customer.discount.deleted", discount));
    subscription.discounts = kept;
  }

  /** A new discount on a subscription; not announced yet. */
  Discount give(Subscription subscription, Coupon coupon) {
    Discount discount = account.begin(new Discount(), "di_", 24);
    discount.coupon = coupon;
    discount.customer = subscription.customer;
    discount.subscription = subscription.id;
    coupon.timesRedeemed++;
    if (coupon.durationInMonths != null) {
      discount.end = new Recurrence("month", 1, "licensed")
          .boundary(discount.created, coupon.durationInMonths);
      account.plan(discount.end, Due.Kind.DISCOUNT_ENDS, discount.id);
    }
    account.discounts.put(discount.id, discount);
    return discount;
  }

  boolean stillEnds(String id, long at) {
    Discount discount = account.discounts.get(id);
    Subscription subscription =
        discount == null ? null : account.subscriptions.get(discount.subscription);
    return discount != null
        && discount.end != null
        && discount.end == at
        && subscription != null
        && subscription.discounts.contains(id);
  }

  void end(Discount discount) {
    Subscription subscription = account.subscription(discount.subscription);
    events.emit("customer.discount.deleted", discount);
    events.updating(
        "customer.subscription.updated",
        subscription,
        () -> subscription.discounts.remove(discount.id));
  }

  /** Takes the discounts off an invoice's lines: percentages line by line, a sum spread over all of them. */
  static void apply(Invoice invoice, List<Discount> discounts, long at) {
    List<InvoiceLine> lines =
        invoice.lines.stream().filter(line -> line.discountable).toList();
    for (Discount discount : discounts) {
      if (!discount.at(at) || lines.isEmpty()) {
        continue;
      }
      invoice.discounts.add(discount.id);
      Long sum = discount.coupon.amountOff;
      long base = lines.stream().mapToLong(InvoiceLine::net).sum();
      long left = sum == null ? 0 : Math.min(sum, base);
      for (InvoiceLine line : lines) {
        long net = line.net();
        long off = sum == null
            ? discount.percentOf(net)
            : base == 0 ? 0 : Math.multiplyExact(left, net) / base;
        if (sum != null) {
          left -= off;
          base -= net;
        }
        line.discounts.merge(discount.id, off, Long::sum);
      }
    }
  }

  /** Drops what is good for one invoice only, once it has been on one. */
  void use(Subscription subscription, Invoice invoice) {
    subscription.discounts.removeIf(id -> invoice.discounts.contains(id)
        && account.discounts(List.of(id)).get(0).coupon.duration.equals("once"));
  }

  static ObjectNode json(Discount discount) {
    ObjectNode node = Json.object()
        .put("id", discount.id)
        .put("object", "discount")
        .put("customer", discount.customer)
        .put("end", discount.end)
        .put("promotion_code", discount.promotionCode)
        .put("start", discount.created)
        .put("subscription", discount.subscription);
    node.putObject("source").put("coupon", discount.coupon.id).put("type", "coupon");
    node.putObject(Json.OLDER).set("coupon", Promotions.coupon(discount.coupon, discount.created));
    return Json.nulls(
        node,
        "checkout_session",
        "customer_account",
        "invoice",
        "invoice_item",
        "subscription_item");
  }
}
