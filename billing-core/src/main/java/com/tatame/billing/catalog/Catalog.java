package com.tatame.billing.catalog;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Amounts;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an application sells: data, never code.
 *
 * @param plans in the order in which they are shown
 * @param items what is bought once, in the order in which it is shown
 * @param defaultTier what an account without a live subscription has
 * @param grace how long past due keeps its entitlements, from the first failed payment
 * @param coupons ids of the coupons that everybody may see
 * @param policies what is done where an account has more than it should
 * @param checkout where checkouts return to that don't say so themselves
 */
public record Catalog(
    List<Plan> plans,
    List<Item> items,
    String defaultTier,
    Duration grace,
    List<String> coupons,
    Policies policies,
    Optional<CheckoutPages> checkout) {
  /** Seven days from the first failed payment. */
  public static final Duration DEFAULT_GRACE = Duration.ofDays(7);

  /** A plan and the interval at which it is billed. */
  public record Offer(Plan plan, BillingInterval interval, PlanPrice price) {
    /** Its name for ever, whatever it costs: {@code tier/interval}. */
    public String name() {
      return plan.tier() + "/" + interval.code();
    }
  }

  /**
   * A catalog of plans alone, with seven days of grace.
   *
   * @param defaultTier what an account without a live subscription has
   */
  public static Catalog of(String defaultTier, Plan... plans) {
    return new Catalog(List.of(plans), defaultTier, DEFAULT_GRACE);
  }

  /** A catalog of plans alone, without public coupons. */
  public Catalog(List<Plan> plans, String defaultTier, Duration grace) {
    this(plans, List.of(), defaultTier, grace, List.of(), Policies.DEFAULT);
  }

  /** A catalog that leaves it to each checkout where it returns to. */
  public Catalog(
      List<Plan> plans,
      List<Item> items,
      String defaultTier,
      Duration grace,
      List<String> coupons,
      Policies policies) {
    this(plans, items, defaultTier, grace, coupons, policies, Optional.empty());
  }

  /** This catalog under other policies. */
  public Catalog with(Policies others) {
    return new Catalog(plans, items, defaultTier, grace, coupons, others, checkout);
  }

  /** This catalog with pages to which checkouts return that don't say so themselves. */
  public Catalog with(CheckoutPages pages) {
    return new Catalog(plans, items, defaultTier, grace, coupons, policies, Optional.of(pages));
  }

  public Catalog {
    plans = GaugeConsistency.counted(plans);
    items = List.copyOf(items);
    Set<String> itemIds = new HashSet<>();
    for (Item item : items) {
      if (!itemIds.add(item.id())) {
        throw ValidationFailed.of("items." + item.id(), "is defined twice");
      }
      requireAmounts("items." + item.id(), item.amounts());
    }
    coupons = List.copyOf(coupons);
    Set<String> tiers = new HashSet<>();
    Map<String, String> lookupKeys = new HashMap<>();
    for (Plan plan : plans) {
      if (!tiers.add(plan.tier())) {
        throw ValidationFailed.of("tiers." + plan.tier(), "is defined twice");
      }
      requireSameCurrencies(plan);
      plan.prices().forEach((interval, price) -> {
        String path = "tiers." + plan.tier() + ".prices." + interval.code();
        requireAmounts(path, price.amounts());
        String owner = lookupKeys.put(price.lookupKey(), plan.tier());
        if (owner != null) {
          throw ValidationFailed.of(
              path + ".lookupKey", "'" + price.lookupKey() + "' is already used by tier " + owner);
        }
        if (!plan.meters().containsAll(price.meter().stream().toList())) {
          throw ValidationFailed.of(
              path + ".metered",
              "no feature of the tier is metered by '" + price.meter().orElseThrow() + "'");
        }
      });
      if (plan.tier().equals(defaultTier) && !plan.meters().isEmpty()) {
        throw ValidationFailed.of(
            "tiers." + plan.tier() + ".features",
            "can't be metered in the default tier: its users have no subscription to bill");
      }
    }
    if (!tiers.contains(defaultTier)) {
      throw ValidationFailed.of(
          "defaultTier", "'" + defaultTier + "' is not a tier of the catalog");
    }
    if (grace.isNegative()) {
      throw ValidationFailed.of("grace", "must not be negative");
    }
    for (Plan plan : plans) {
      for (Item item : items) {
        requireComparablePrice(plan, item);
      }
    }
  }

  // What is free in one currency would be bought in that one.
  private static void requireAmounts(String path, Amounts amounts) {
    if (amounts.all().stream().anyMatch(price -> price.amount() < 0)) {
      throw ValidationFailed.of(path + ".amount", "must not be negative");
    }
    if (amounts.all().stream().map(price -> price.amount() == 0).distinct().count() > 1) {
      throw ValidationFailed.of(path + ".amounts", "must be 0 in every currency or in none");
    }
  }

  // Who pays by the month could not change to the year otherwise.
  private static void requireSameCurrencies(Plan plan) {
    Optional<BillingInterval> first =
        plan.prices().keySet().stream().min(Comparator.naturalOrder());
    List<String> currencies = first
        .map(interval -> Objects.requireNonNull(plan.prices().get(interval)))
        .map(price -> price.amounts().currencies())
        .orElse(List.of());
    plan.prices().forEach((interval, price) -> {
      if (!price.amounts().currencies().equals(currencies)) {
        throw ValidationFailed.of(
            "tiers." + plan.tier() + ".prices." + interval.code() + ".amounts",
            "must name the same currencies as prices." + first.orElseThrow().code() + ": "
                + String.join(", ", currencies));
      }
    });
  }

  // Whether something is too dear can't be told across currencies.
  private static void requireComparablePrice(Plan plan, Item item) {
    if (plan.features().get(item.kind()) instanceof Feature.Counter counter) {
      counter
          .maxItemPrice()
          .map(Amounts::currencies)
          .filter(comparable -> !comparable.containsAll(item.amounts().currencies()))
          .ifPresent(comparable -> {
            throw ValidationFailed.of(
                "items." + item.id() + ".amounts",
                "must be in " + String.join(" or ", comparable) + ", as the maxItemPrice of tiers."
                    + plan.tier() + ".features." + item.kind());
          });
    }
  }

  /** The codes of all currencies in which anything is sold. */
  public Set<String> currencies() {
    return Stream.concat(
            items.stream().map(Item::amounts),
            plans.stream().flatMap(plan -> plan.prices().values().stream()).map(PlanPrice::amounts))
        .flatMap(amounts -> amounts.currencies().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  public Optional<Item> item(String id) {
    return items.stream().filter(item -> item.id().equals(id)).findFirst();
  }

  public Optional<Plan> plan(String tier) {
    return plans.stream().filter(plan -> plan.tier().equals(tier)).findFirst();
  }

  /** The next plan above one that is sold to users and gives more of a feature. */
  public Optional<Plan> upgrade(Plan from, String feature) {
    long has = yearly(from.features().get(feature));
    return plans.stream()
        .filter(plan ->
            plan.rank() > from.rank() && plan.selfService() && !plan.prices().isEmpty())
        .filter(plan -> yearly(plan.features().get(feature)) > has)
        .min(Comparator.comparingInt(Plan::rank));
  }

  // How much there is of a feature in a year, to compare a limit by the day with one by the month.
  private static long yearly(@Nullable Feature feature) {
    if (feature instanceof Feature.Flag flag) {
      return flag.included() ? 1 : 0;
    } else if (feature instanceof Feature.Gauge gauge) {
      return gauge.limit();
    } else if (feature instanceof Feature.Counter counter) {
      long times = switch (counter.window().kind()) {
        case DAY -> 365;
        case CALENDAR_MONTH, SUBSCRIPTION_MONTH, BILLING_PERIOD -> 12;
        case LIFETIME -> 1;
      };
      return counter.limit() > Long.MAX_VALUE / times
          ? Long.MAX_VALUE - 1
          : counter.limit() * times;
    }
    return feature == null ? 0 : Long.MAX_VALUE;
  }

  /** All of the provider's meters that anything is reported to. */
  public Set<String> meters() {
    Set<String> meters = new TreeSet<>();
    plans.forEach(plan -> meters.addAll(plan.meters()));
    return meters;
  }

  /** The one plan that users can buy; empty if there are several, or none. */
  public Optional<Plan> onlyPlanForSale() {
    List<Plan> sold = plans.stream()
        .filter(plan -> plan.selfService() && !plan.prices().isEmpty())
        .toList();
    return sold.size() == 1 ? Optional.of(sold.get(0)) : Optional.empty();
  }

  /** The plan of an account that has bought nothing. */
  public Plan defaultPlan() {
    return plan(defaultTier).orElseThrow();
  }

  /**
   * What is sold under a provider's price, known by its id or else by its name, see {@link
   * Price#soldAs}.
   */
  public Optional<Offer> offer(String priceId, Optional<String> soldAs) {
    Optional<Offer> byId = offers()
        .filter(offer -> offer.price().priceId().filter(priceId::equals).isPresent())
        .findFirst();
    return byId.isPresent()
        ? byId
        : offers()
            .filter(offer -> soldAs.filter(name -> named(offer, name)).isPresent())
            .findFirst();
  }

  private static boolean named(Offer offer, String name) {
    return name.equals(offer.name())
        || (offer.price().priceId().isEmpty() && name.equals(offer.price().lookupKey()));
  }

  private Stream<Offer> offers() {
    return plans.stream()
        .flatMap(plan -> plan.prices().entrySet().stream()
            .map(entry -> new Offer(plan, entry.getKey(), entry.getValue())));
  }
}
