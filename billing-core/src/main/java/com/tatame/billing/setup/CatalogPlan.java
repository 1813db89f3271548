package com.tatame.billing.setup;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.money.Money;
import com.tatame.billing.setup.AccountState.HeldMeter;
import com.tatame.billing.setup.AccountState.HeldPrice;
import com.tatame.billing.setup.AccountState.HeldProduct;
import com.tatame.billing.setup.SetupChange.ArchivePrice;
import com.tatame.billing.setup.SetupChange.CreatePrice;
import com.tatame.billing.setup.SetupChange.Portal.Sold;
import com.tatame.billing.setup.SetupChange.UpdatePrice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must change so that the account sells what the catalog says. */
final class CatalogPlan {
  private final AccountState held;
  private final List<Price> prices;
  private final Map<String, HeldPrice> pricesById;
  private final List<SetupChange> meters = new ArrayList<>();
  private final List<SetupChange> made = new ArrayList<>();
  private final List<SetupChange> archived = new ArrayList<>();
  private final Map<Plan, List<Sold>> sold = new LinkedHashMap<>();
  private final List<FieldError> problems = new ArrayList<>();
  private final Set<String> kept = new HashSet<>();
  private int unchanged;

  private CatalogPlan(AccountState held) {
    this.held = held;
    this.prices = held.prices().stream().map(HeldPrice::price).toList();
    this.pricesById = held.prices().stream()
        .collect(Collectors.toMap(known -> known.price().id(), Function.identity()));
  }

  /**
   * Compares.
   *
   * @throws ValidationFailed with everything that stands in the way
   */
  static CatalogPlan of(Catalog catalog, AccountState held) {
    CatalogPlan plan = new CatalogPlan(held);
    catalog.meters().forEach(plan::meter);
    catalog.plans().stream().filter(one -> !one.prices().isEmpty()).forEach(plan::sell);
    if (!plan.problems.isEmpty()) {
      throw new ValidationFailed(plan.problems);
    }
    plan.archiveTheRest();
    return plan;
  }

  /** Meters that are made. */
  List<SetupChange> meters() {
    return meters;
  }

  /** What is made or changed, products before their prices. */
  List<SetupChange> made() {
    return made;
  }

  /** What goes off sale, once there is something in its place. */
  List<SetupChange> archived() {
    return archived;
  }

  /** The prices of each plan. */
  Map<Plan, List<Sold>> sold() {
    return sold;
  }

  int unchanged() {
    return unchanged;
  }

  private void meter(String eventName) {
    Optional<HeldMeter> there = held(eventName);
    if (there.isEmpty()) {
      meters.add(new SetupChange.CreateMeter(eventName));
    } else if (there.get().usual()) {
      unchanged++;
    } else {
      problem(
          "meters." + eventName,
          "the meter " + there.get().id()
              + " does not sum up what is reported for a customer: it must"
              + " have the formula sum, and read the keys that meters made here read. Meter the"
              + " feature under another name, or deactivate that meter at the provider.");
    }
  }

  private Optional<HeldMeter> held(String eventName) {
    return held.meters().stream()
        .filter(meter -> meter.eventName().equals(eventName))
        .findFirst();
  }

  private void sell(Plan plan) {
    boolean makesPrices =
        plan.prices().values().stream().anyMatch(price -> price.priceId().isEmpty());
    String productId = makesPrices ? product(plan) : "";
    for (BillingInterval interval : BillingInterval.values()) {
      Optional.ofNullable(plan.prices().get(interval)).ifPresent(price -> {
        String path = "tiers." + plan.tier() + ".prices." + interval.code();
        Optional<Sold> result = price.priceId().isPresent()
            ? fixed(path, price)
            : price(path, productId, new Catalog.Offer(plan, interval, price));
        result.ifPresent(
            one -> sold.computeIfAbsent(plan, any -> new ArrayList<>()).add(one));
      });
    }
  }

  private String product(Plan plan) {
    Optional<HeldProduct> ours = held.products().stream()
        .filter(product -> product.tier().filter(plan.tier()::equals).isPresent())
        .min(Comparator.comparing((HeldProduct product) -> !product.product().active())
            .thenComparing(product -> product.product().createdAt())
            .thenComparing(product -> product.product().id()));
    if (ours.isPresent()) {
      return known(plan, ours.get().product());
    }
    String id = "billing_" + plan.tier();
    if (held.products().stream().anyMatch(product -> product.product().id().equals(id))) {
      problem(
          "tiers." + plan.tier(),
          "a product with the id " + id + " is there, and setup did not make it for this tier. "
              + handOver(plan.tier(), id));
    }
    made.add(new SetupChange.CreateProduct(id, plan.tier(), plan.name(), plan.description()));
    return id;
  }

  private String known(Plan plan, Product product) {
    kept.add(product.id());
    List<String> differences = new ArrayList<>();
    if (!product.name().equals(plan.name())) {
      differences.add("name \"" + product.name() + "\" -> \"" + plan.name() + "\"");
    }
    if (!product.description().orElse("").equals(plan.description())) {
      differences.add("description -> \"" + plan.description() + "\"");
    }
    if (!product.active()) {
      differences.add("on sale again");
    }
    if (differences.isEmpty()) {
      unchanged++;
    } else {
      made.add(new SetupChange.UpdateProduct(
          product.id(), plan.name(), plan.description(), differences));
    }
    return product.id();
  }

  /** A price that the configuration names: it must be there, and is never changed. */
  private Optional<Sold> fixed(String path, PlanPrice price) {
    String id = price.priceId().orElseThrow();
    Optional<Price> there =
        prices.stream().filter(known -> known.id().equals(id)).findFirst();
    if (there.isEmpty()) {
      problem(
          path + ".priceId",
          "the account has no price " + id + ". Name one that it has, or leave the id out and setup"
              + " makes the price.");
    }
    there.ifPresent(known -> price.amounts().currencies().stream()
        .filter(currency -> !currency.equals(known.currency()))
        .filter(currency -> !others(known).containsKey(currency))
        .forEach(currency -> problem(
            path + ".amounts." + currency,
            "the price " + id + " is not sold in " + currency
                + ". Add the currency to the price at the provider, or leave it out here.")));
    kept.add(id);
    unchanged++;
    return there.map(known -> new Sold(known.productId(), price.lookupKey(), Optional.of(id)));
  }

  private Optional<Sold> price(String path, String productId, Catalog.Offer offer) {
    PlanPrice wanted = offer.price();
    String lookupKey = wanted.lookupKey();
    Optional<Price> holder = prices.stream()
        .filter(price -> price.lookupKey().filter(lookupKey::equals).isPresent())
        .findFirst();
    if (holder.isPresent() && !ours(holder.get())) {
      Price taken = holder.get();
      problem(
          path + ".lookupKey",
          "'" + lookupKey + "' belongs to the price " + taken.id()
              + ", which setup did not make. Choose another lookupKey, or sell that price as it is by"
              + " naming it as priceId. " + handOver(offer.plan().tier(), taken.productId()));
      return Optional.empty();
    }
    if (holder.isPresent() && !holder.get().currency().equals(wanted.price().currency())) {
      problem(
          path,
          "the price " + holder.get().id() + " under '" + lookupKey + "' is in "
              + holder.get().currency() + ", the catalog says " + wanted.price().currency()
              + ". A customer pays in one currency for ever: give the plan another lookupKey, or the"
              + " catalog the old currency.");
      return Optional.empty();
    }
    Optional<Price> same = holder
        .filter(price -> sells(price, productId, offer))
        .or(() -> holder.isPresent()
            ? Optional.empty()
            : ours(offer)
                .filter(price -> price.active() && sells(price, productId, offer))
                .findFirst());
    if (same.isPresent()) {
      keep(same.get(), offer);
    } else {
      made.add(new CreatePrice(
          productId,
          offer.name(),
          lookupKey,
          wanted.amounts(),
          unit(offer.interval()),
          holder.map(Price::id),
          ours(offer)
              .max(Comparator.comparing(Price::createdAt).thenComparing(Price::id))
              .map(Price::id),
          wanted
              .meter()
              .map(name -> new SetupChange.MeteredBy(name, held(name).map(HeldMeter::id)))));
      holder.filter(Price::active).ifPresent(this::archive);
    }
    return Optional.of(new Sold(productId, lookupKey, same.map(Price::id)));
  }

  private void keep(Price price, Catalog.Offer offer) {
    kept.add(price.id());
    String lookupKey = offer.price().lookupKey();
    List<String> differences = new ArrayList<>();
    if (price.lookupKey().filter(lookupKey::equals).isEmpty()) {
      differences.add("lookup key " + price.lookupKey().orElse("none") + " -> " + lookupKey);
    }
    if (!price.active()) {
      differences.add("on sale again");
    }
    if (price.plan().filter(offer.name()::equals).isEmpty()) {
      differences.add("marked as made for " + offer.name());
    }
    List<Money> added = offer.price().amounts().others().stream()
        .filter(amount -> !others(price).containsKey(amount.currency()))
        .toList();
    if (!added.isEmpty()) {
      differences.add("sold for " + SetupChange.money(added) + " too");
    }
    if (differences.isEmpty()) {
      unchanged++;
    } else {
      made.add(new UpdatePrice(
          price.id(), offer.name(), lookupKey, added, String.join(", ", differences)));
    }
  }

  private void archiveTheRest() {
    prices.stream()
        .filter(price -> price.active() && price.plan().isPresent())
        .forEach(this::archive);
    held.products().stream()
        .filter(product -> product.product().active() && product.tier().isPresent())
        .filter(product -> !kept.contains(product.product().id()))
        .map(product -> new SetupChange.ArchiveProduct(
            product.product().id(), product.product().name()))
        .forEach(archived::add);
  }

  private void archive(Price price) {
    if (kept.add(price.id())) {
      archived.add(new ArchivePrice(
          price.id(),
          price.plan().or(price::lookupKey).orElse(price.productId()),
          held.products().stream()
              .filter(
                  product -> product.defaultPriceId().filter(price.id()::equals).isPresent())
              .map(product -> product.product().id())
              .findFirst()));
    }
  }

  private boolean ours(Price price) {
    return price.plan().isPresent()
        || held.products().stream()
            .anyMatch(product -> product.product().id().equals(price.productId())
                && product.tier().isPresent());
  }

  private Stream<Price> ours(Catalog.Offer offer) {
    return prices.stream()
        .filter(price -> price.plan().filter(offer.name()::equals).isPresent());
  }

  private boolean sells(Price price, String productId, Catalog.Offer offer) {
    Optional<String> meter = offer.price().meter();
    return price.productId().equals(productId)
        && price.currency().equals(offer.price().price().currency())
        && price
            .unitAmount()
            .filter(unit -> unit == offer.price().price().amount())
            .isPresent()
        && offer.price().amounts().others().stream().allMatch(amount -> mayCost(price, amount))
        && price
            .recurrence()
            .filter(new Recurrence(unit(offer.interval()), 1, meter.isPresent())::equals)
            .isPresent()
        && meter
            .map(name ->
                held(name).filter(by -> by.prices().contains(price.id())).isPresent())
            .orElse(true);
  }

  // Another amount in one currency is another price. A currency that it was not sold in is added,
  // and
  // one that the catalog doesn't name any more can't be taken away: nothing is sold in it here.
  private boolean mayCost(Price price, Money amount) {
    Optional<Long> costs = others(price).get(amount.currency());
    return costs == null || costs.filter(unit -> unit == amount.amount()).isPresent();
  }

  private Map<String, Optional<Long>> others(Price price) {
    return Objects.requireNonNull(pricesById.get(price.id())).others();
  }

  private static Recurrence.Unit unit(BillingInterval interval) {
    return interval == BillingInterval.MONTHLY ? Recurrence.Unit.MONTH : Recurrence.Unit.YEAR;
  }

  private static String handOver(String tier, String productId) {
    return "To hand the product " + productId + " over to setup, give it the metadata "
        + Product.TIER_MARK + "=" + tier + ".";
  }

  private void problem(String field, String message) {
    problems.add(new FieldError(field, message));
  }
}
