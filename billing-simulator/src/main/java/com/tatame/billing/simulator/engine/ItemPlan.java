package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a subscription's items would stand after a change, and what would be billed for the difference. Planning changes
 * nothing, so that a preview and the change itself are the same calculation.
 */
final class ItemPlan {
  static final String SHAPE =
      " items[]{id price quantity:int deleted:bool clear_usage:bool metadata:map?"
          + " ~billing_thresholds ~discounts ~plan ~price_data ~tax_rates}";

  private final Account account;
  private final Subscription subscription;
  private final List<Discount> discounts;
  private final long date;
  final List<SubscriptionItem> items = new ArrayList<>();
  final List<InvoiceItem> prorations = new ArrayList<>();
  boolean restarts;

  private ItemPlan(
      Account account, Subscription subscription, List<Discount> discounts, long date) {
    this.account = account;
    this.subscription = subscription;
    this.discounts = discounts;
    this.date = date;
    subscription.items.forEach(item -> items.add(item.copy()));
  }

  /**
   * Plans what a request asks for.
   *
   * @param params hold {@code items}, {@code proration_behavior}, {@code proration_date} and {@code billing_cycle_anchor}
   */
  static ItemPlan of(
      Account account, Subscription subscription, Params params, List<Discount> discounts) {
    Long date = params.number("proration_date");
    SubscriptionItem period = subscription.item();
    if (date != null && (date < period.periodStart || date > period.periodEnd)) {
      throw StripeException.invalid(
          null,
          params.path("proration_date"),
          "Invalid proration date: it is not within the current period.");
    }
    ItemPlan plan =
        new ItemPlan(account, subscription, discounts, date == null ? account.now : date);
    params.children("items").forEach(plan::take);
    plan.check(params);
    plan.bill(
        "now".equals(params.text("billing_cycle_anchor")),
        !"none".equals(params.text("proration_behavior")));
    return plan;
  }

  /** What an end right now would give back. */
  static ItemPlan ofEnd(Account account, Subscription subscription, Params params) {
    Long date = params.number("proration_date");
    ItemPlan plan = new ItemPlan(
        account,
        subscription,
        account.discounts(subscription.discounts),
        date == null ? account.now : date);
    plan.items.clear();
    if (!"none".equals(params.text("proration_behavior"))
        && !subscription.status.equals("trialing")) {
      subscription.items.forEach(plan::credit);
    }
    return plan;
  }

  /** Whether anything would be another than it is. */
  boolean changes() {
    return restarts
        || items.size() != subscription.items.size()
        || items.stream()
            .anyMatch(item -> before(item).filter(old -> same(old, item)).isEmpty());
  }

  private Optional<SubscriptionItem> before(SubscriptionItem item) {
    return subscription.items.stream()
        .filter(old -> !item.id.isEmpty() && old.id.equals(item.id))
        .findFirst();
  }

  private static boolean same(SubscriptionItem one, SubscriptionItem other) {
    return sellsTheSame(one, other) && one.metadata.equals(other.metadata);
  }

  private static boolean sellsTheSame(SubscriptionItem one, SubscriptionItem other) {
    return one.price.equals(other.price) && one.quantity == other.quantity;
  }

  private void take(Params wanted) {
    String id = wanted.text("id");
    if (id == null) {
      add(wanted);
      return;
    }
    SubscriptionItem item = items.stream()
        .filter(known -> known.id.equals(id))
        .findFirst()
        .orElseThrow(() -> StripeException.missing("subscription_item", id, wanted.path("id")));
    if (wanted.flag("deleted", false)) {
      items.remove(item);
      return;
    }
    String price = wanted.text("price");
    boolean wasMetered = cycle(item).metered();
    if (price != null && !price.equals(item.price)) {
      item.price = sellable(price, wanted).id;
    }
    boolean metered = cycle(item).metered();
    long kept = metered == wasMetered ? item.quantity : metered ? 0 : 1;
    item.quantity = wanted.number("quantity", kept);
    checkQuantity(item, wanted);
    wanted.mergeMetadata(item.metadata);
  }

  private void add(Params wanted) {
    SubscriptionItem item = new SubscriptionItem();
    item.created = account.now;
    item.price = sellable(wanted.required("price"), wanted).id;
    item.quantity = wanted.number("quantity", 1);
    checkQuantity(item, wanted);
    item.periodStart = subscription.item().periodStart;
    item.periodEnd = subscription.item().periodEnd;
    wanted.mergeMetadata(item.metadata);
    if (items.stream().anyMatch(known -> known.price.equals(item.price))) {
      throw StripeException.invalid(
          null,
          wanted.path("price"),
          "Cannot add multiple subscription items with the same price: " + item.price);
    }
    items.add(item);
  }

  private Price sellable(String id, Params wanted) {
    Price price = Optional.ofNullable(account.prices.get(id))
        .orElseThrow(() -> StripeException.missing("price", id, wanted.path("price")));
    if (!price.active || !account.product(price.product).active) {
      throw StripeException.invalid(
          null,
          wanted.path("price"),
          "The price specified is inactive. This field only accepts active prices.");
    }
    if (price.recurring == null) {
      throw StripeException.invalid(
          null,
          wanted.path("price"),
          "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.");
    }
    price.requireSoldIn(subscription.currency, wanted.path("price"));
    return price;
  }

  private void checkQuantity(SubscriptionItem item, Params wanted) {
    boolean metered = cycle(item).metered();
    if (metered ? wanted.given("quantity") : item.quantity < 0) {
      throw StripeException.invalid(
          null,
          wanted.path("quantity"),
          metered
              ? "You can't set a quantity on a metered price."
              : "This value must be greater than or equal to 0.");
    }
  }

  private void check(Params params) {
    if (items.isEmpty()) {
      throw StripeException.refused(
          null, "A subscription must have at least one active plan. To cancel it, cancel it.");
    }
    Recurrence cycle = cycle(items.get(0));
    if (!items.stream().allMatch(item -> cycle(item).sameCycle(cycle))) {
      throw StripeException.notModelled(params.path("items") + " of several intervals");
    }
  }

  private Recurrence cycle(SubscriptionItem item) {
    return account.price(item.price).recurrence();
  }

  private void bill(boolean anchorNow, boolean prorate) {
    if (!subscription.billed() || subscription.status.equals("trialing")) {
      return;
    }
    boolean otherCycle = !cycle(items.get(0)).sameCycle(cycle(subscription.item()));
    boolean fromFree = amount(subscription.items) == 0 && amount(items) > 0;
    restarts = anchorNow || otherCycle || fromFree;
    if (prorate) {
      prorate();
    }
    if (restarts) {
      for (SubscriptionItem item : items) {
        item.periodStart = account.now;
        item.periodEnd = cycle(item).boundary(account.now, 1);
      }
    }
  }

  private void prorate() {
    Map<String, SubscriptionItem> after = new LinkedHashMap<>();
    items.forEach(item -> after.put(item.id, item));
    for (SubscriptionItem old : subscription.items) {
      SubscriptionItem item = after.get(old.id);
      if (restarts || item == null || !sellsTheSame(old, item)) {
        credit(old);
        if (item != null && !restarts) {
          debit(item);
        }
      }
    }
    if (!restarts) {
      items.stream().filter(item -> item.id.isEmpty()).forEach(this::debit);
    }
  }

  private void credit(SubscriptionItem old) {
    boolean classic = subscription.billingMode.equals("classic");
    long billed =
        classic ? Proration.discounted(fullAmount(old), discounts, account.now) : old.billed;
    long from = classic ? old.periodStart : old.billedFrom;
    if (date >= old.periodEnd) {
      return;
    }
    long rest = Proration.rest(billed, date, from, old.periodEnd);
    if (rest > 0) {
      prorations.add(proration(old, -rest, Proration.unused(what(old), date)));
    }
  }

  private void debit(SubscriptionItem item) {
    if (date >= item.periodEnd) {
      return;
    }
    long rest = Proration.rest(fullAmount(item), date, item.periodStart, item.periodEnd);
    long net = Proration.discounted(rest, discounts, account.now);
    item.billed = net;
    item.billedFrom = date;
    if (net > 0) {
      prorations.add(proration(item, net, Proration.remaining(what(item), date)));
    }
  }

  private InvoiceItem proration(SubscriptionItem item, long amount, String description) {
    InvoiceItem proration = new InvoiceItem();
    proration.created = account.now;
    proration.customer = subscription.customer;
    proration.subscription = subscription.id;
    proration.subscriptionItem = item.id;
    proration.currency = subscription.currency;
    proration.description = description;
    proration.price = item.price;
    proration.quantity = item.quantity;
    proration.amount = amount;
    proration.periodStart = date;
    proration.periodEnd = item.periodEnd;
    return proration;
  }

  private String what(SubscriptionItem item) {
    String name = account.product(account.price(item.price).product).name;
    return item.quantity == 1 ? name : item.quantity + " × " + name;
  }

  private long fullAmount(SubscriptionItem item) {
    return account.price(item.price).amountFor(item.quantity, subscription.currency);
  }

  private long amount(List<SubscriptionItem> of) {
    return of.stream().mapToLong(this::fullAmount).sum();
  }
}
