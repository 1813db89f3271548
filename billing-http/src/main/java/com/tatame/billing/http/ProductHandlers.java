package com.tatame.billing.http;

import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Route.Parameter.flag;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.ProductCatalog;
import com.tatame.billing.catalog.ProductCatalog.PlanOffer;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be bought. */
final class ProductHandlers {
  /** As RFC 7234, section 5.5.1, has it. */
  static final String STALE = "110 - \"the provider can't be reached; this is as last known\"";

  private static final int MAX_RENDERED = 1_000;

  private final ProductCatalog products;

  /** Answers by what was asked, of one revision of the products. */
  private final Cache<Question, Answer> rendered =
      Caffeine.newBuilder().maximumSize(MAX_RENDERED).build();

  static List<Route> routes() {
    return List.of(
        get("/api/v1/plans", PUBLIC)
            .is("Catalog", "The plans as they are sold")
            .answers(reply(200, PlansAnswer.class, "In the catalog's order."))
            .by(to -> to.get(ProductHandlers.class)::plans),
        get("/api/v1/items", PUBLIC)
            .is("Catalog", "What is bought once")
            .answers(reply(200, ItemsAnswer.class, "In the catalog's order, at list prices."))
            .by(to -> to.get(ProductHandlers.class)::items),
        get("/api/v1/products", SIGNED_IN)
            .is("Catalog", "The payment provider's products with their prices")
            .with(
                flag("active", "Only these; all if missing."),
                query("product", "Only the one with this id."))
            .paged()
            .answers(pageOf(ProductAnswer.class, "By id."))
            .by(to -> to.get(ProductHandlers.class)::products),
        get("/api/v1/prices", SIGNED_IN)
            .is("Catalog", "The payment provider's prices")
            .with(
                flag("active", "Only these; all if missing."),
                query("product", "Only those of this product."))
            .paged()
            .answers(pageOf(PriceAnswer.class, "By id."))
            .by(to -> to.get(ProductHandlers.class)::prices));
  }

  ProductHandlers(ProductCatalog products) {
    this.products = products;
  }

  /**
   * What an answer depends on.
   *
   * @param catalog version of the catalog in force
   * @param revision of all products and prices
   * @param stale whether the answer says that it is what was last known
   */
  private record Question(
      long catalog,
      long revision,
      boolean stale,
      String list,
      Optional<Boolean> active,
      Optional<String> product,
      Optional<PageRequest> page) {}

  record PlansAnswer(List<PlanAnswer> data) {}

  record ItemsAnswer(List<ItemAnswer> data) {}

  record ItemAnswer(
      @Doc(value = "Unique in the catalog.", example = "quiz-17")
      String id,

      String name,

      @Doc(value = "What sort of thing it is.", example = "quiz")
      String kind,

      @Doc("Before any discount, in the default currency.") MoneyAnswer price,

      @Doc("Before any discount, in each currency in which it is sold, the default first.")
      List<MoneyAnswer> amounts) {}

  record PlanAnswer(
      @Doc(value = "Unique in the catalog.", example = "pro")
      String tier,

      String name,
      String description,
      @Doc("Whether one may buy it at checkout.") boolean selfService,
      @Doc("0 for none.") int trialDays,
      @Doc("What the plan gives, by name of the feature.") Map<String, PlanFeatureAnswer> features,

      @Doc("By interval, monthly or yearly; empty for a free plan.")
      Map<String, PlanPriceAnswer> prices) {}

  record PlanFeatureAnswer(
      @Doc(
          value = "How the feature is granted.",
          oneOf = {"flag", "counter", "gauge", "unlimited"})
      String kind,

      @Doc("Whether the plan gives any of it.") boolean included,

      @Doc("Units of a counter in a window, or the ceiling of a gauge; else null.") @Nullable
      Long limit,

      @Doc(
          value = "When units are counted anew; null for flags and gauges.",
          oneOf = {"day", "calendar_month", "subscription_month", "billing_period", "lifetime"})
      @Nullable
      String window,

      @Doc("What a unit may cost to be among the included ones; null for any price.") @Nullable
      MoneyAnswer maxItemPrice,

      @Doc("The same in each currency, the default first; empty for any price.")
      List<MoneyAnswer> maxItemPrices,

      @Doc("What holds beyond the limit; null if nothing more is given.") @Nullable
      PlanOverageAnswer overage) {
    static PlanFeatureAnswer of(Feature feature) {
      if (feature instanceof Feature.Counter counter) {
        return new PlanFeatureAnswer(
            counter.kind(),
            counter.limit() > 0 || counter.overage().isPresent(),
            counter.limit(),
            counter.window().kind().code(),
            counter.maxItemPrice().map(Amounts::standard).map(MoneyAnswer::of).orElse(null),
            counter.maxItemPrice().map(MoneyAnswer::of).orElse(List.of()),
            counter.overage().map(PlanOverageAnswer::of).orElse(null));
      } else if (feature instanceof Feature.Gauge gauge) {
        return plain(gauge, gauge.limit() > 0, gauge.limit(), null);
      } else if (feature instanceof Feature.Unlimited unlimited) {
        return plain(unlimited, true, null, unlimited.window().kind().code());
      }
      return plain(feature, feature instanceof Feature.Flag flag && flag.included(), null, null);
    }

    private static PlanFeatureAnswer plain(
        Feature feature, boolean included, @Nullable Long limit, @Nullable String window) {
      return new PlanFeatureAnswer(feature.kind(), included, limit, window, null, List.of(), null);
    }
  }

  record PlanOverageAnswer(
      @Doc("Taken off the price of a unit.") int discountPercent,

      @Doc("How many there are in a window; null for any number.") @Nullable
      Long limit,

      @Doc(
          value = "What holds once they are used up, too.",
          oneOf = {"full_price", "refused"})
      String beyond) {
    static PlanOverageAnswer of(Overage overage) {
      return new PlanOverageAnswer(
          overage.discountPercent(),
          overage.limit().orElse(null),
          overage.beyond().code());
    }
  }

  record PlanPriceAnswer(
      @Doc("Null while the provider has no active price for it.") @Nullable
      String priceId,

      @Doc("Of the plan for the interval, or of one unit where it is metered, in the default"
          + " currency.")
      MoneyAnswer price,

      @Doc("The same in each currency in which it is sold, the default first.")
      List<MoneyAnswer> amounts,

      @Doc("The meter whose units it charges when the interval is over; null if it is paid for in"
          + " advance.")
      @Nullable
      String metered) {}

  record ProductAnswer(
      @Doc(value = "The provider's.", example = "prod_123") String id,
      String name,
      @Nullable String description,
      boolean active,
      Map<String, String> metadata,
      List<PriceAnswer> prices) {}

  record PriceAnswer(
      @Doc(value = "The provider's.", example = "price_123") String id,
      String productId,
      boolean active,

      @Doc("Null when tiered or finer than the minor unit.") @Nullable
      MoneyAnswer unitAmount,

      @Doc("What it costs in each currency in which the catalog sells it, its own first.")
      List<MoneyAnswer> amounts,

      @Doc(
          value = "Null for what is neither billed monthly nor yearly.",
          oneOf = {"monthly", "yearly"})
      @Nullable
      String interval,

      @Doc("Null for a one-time price.") @Nullable RecurringAnswer recurring,
      @Nullable String lookupKey,

      @Doc("The plan of the catalog that is sold under this price.") @Nullable
      String tier) {}

  record RecurringAnswer(
      @Doc(
          value = "Calendar unit.",
          oneOf = {"day", "week", "month", "year"})
      String interval,

      int intervalCount,

      @Doc(
          value = "What the quantity means.",
          oneOf = {"licensed", "metered"})
      String usageType) {}

  Answer plans(Call call) {
    return answered("plans", Optional.empty(), Optional.empty(), Optional.empty());
  }

  Answer items(Call call) {
    return Answer.ok(new ItemsAnswer(products.catalog().items().stream()
        .map(item -> new ItemAnswer(
            item.id(),
            item.name(),
            item.kind(),
            MoneyAnswer.of(item.price()),
            MoneyAnswer.of(item.amounts())))
        .toList()));
  }

  Answer products(Call call) {
    return answered(
        "products", call.flag("active"), call.query("product"), Optional.of(call.page()));
  }

  Answer prices(Call call) {
    return answered("prices", call.flag("active"), call.query("product"), Optional.of(call.page()));
  }

  /** As {@link #plans}, {@link #products} or {@link #prices} without parameters, if it is rendered. */
  Optional<Answer> rendered(String list) {
    Optional<PageRequest> page =
        list.equals("plans") ? Optional.empty() : Optional.of(PageRequest.FIRST);
    OptionalLong revision = products.revision();
    return revision.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(rendered.getIfPresent(new Question(
            products.catalogVersion(),
            revision.getAsLong(),
            products.stale(),
            list,
            Optional.empty(),
            Optional.empty(),
            page)));
  }

  /** Rendered once for each question and revision. */
  private Answer answered(
      String list, Optional<Boolean> active, Optional<String> product, Optional<PageRequest> page) {
    OptionalLong before = products.revision();
    boolean stale = products.stale();
    long catalog = products.catalogVersion();
    if (before.isPresent()) {
      Answer known = rendered.getIfPresent(
          new Question(catalog, before.getAsLong(), stale, list, active, product, page));
      if (known != null) {
        return known;
      }
    }
    Answer answer = Answer.ok(
        switch (list) {
          case "plans" ->
            new PlansAnswer(products.plans().stream().map(ProductHandlers::plan).toList());
          case "products" -> products(active, product, page.orElseThrow());
          default -> prices(active, product, page.orElseThrow());
        });
    Answer marked = stale ? answer.with("Warning", STALE) : answer;
    OptionalLong after = products.revision();
    // What was rendered while the products changed may be half of each.
    if (before.isPresent() && before.equals(after)) {
      rendered.put(
          new Question(catalog, before.getAsLong(), stale, list, active, product, page), marked);
    }
    return marked;
  }

  private Page<ProductAnswer> products(
      Optional<Boolean> active, Optional<String> named, PageRequest page) {
    List<Product> found = named
        .map(id -> products.product(id).stream()
            .filter(product -> active.isEmpty() || active.get() == product.active())
            .toList())
        .orElseGet(() -> products.products(active, page.after(), page.lookahead()));
    Map<String, List<Price>> prices =
        products.pricesOf(found.stream().map(Product::id).collect(Collectors.toSet())).stream()
            .collect(Collectors.groupingBy(Price::productId));
    return page.render(
        found,
        Product::id,
        product -> product(product, prices.getOrDefault(product.id(), List.of())));
  }

  private Page<PriceAnswer> prices(
      Optional<Boolean> active, Optional<String> product, PageRequest page) {
    return page.render(
        products.prices(active, product, page.after(), page.lookahead()), Price::id, this::price);
  }

  private static PlanAnswer plan(PlanOffer offer) {
    Plan plan = offer.plan();
    Map<String, PlanFeatureAnswer> features = new TreeMap<>();
    plan.features().forEach((name, feature) -> features.put(name, PlanFeatureAnswer.of(feature)));
    Map<String, PlanPriceAnswer> prices = new LinkedHashMap<>();
    for (BillingInterval interval : BillingInterval.values()) {
      Optional.ofNullable(plan.prices().get(interval))
          .ifPresent(price -> prices.put(
              interval.code(),
              new PlanPriceAnswer(
                  offer.priceIds().get(interval),
                  MoneyAnswer.of(price.price()),
                  MoneyAnswer.of(price.amounts()),
                  price.meter().orElse(null))));
    }
    return new PlanAnswer(
        plan.tier(),
        plan.name(),
        plan.description(),
        plan.selfService(),
        plan.trialDays(),
        features,
        prices);
  }

  private ProductAnswer product(Product product, List<Price> prices) {
    return new ProductAnswer(
        product.id(),
        product.name(),
        product.description().orElse(null),
        product.active(),
        new TreeMap<>(product.metadata()),
        prices.stream().map(this::price).toList());
  }

  private PriceAnswer price(Price price) {
    Optional<Catalog.Offer> offer = products.catalog().offer(price.id(), price.soldAs());
    Optional<Money> unit = price.unitAmount().map(amount -> new Money(amount, price.currency()));
    return new PriceAnswer(
        price.id(),
        price.productId(),
        price.active(),
        unit.map(MoneyAnswer::of).orElse(null),
        unit.map(own -> MoneyAnswer.of(amounts(price, own, offer))).orElse(List.of()),
        price
            .recurrence()
            .flatMap(ProductHandlers::interval)
            .map(BillingInterval::code)
            .orElse(null),
        price.recurrence().map(ProductHandlers::recurring).orElse(null),
        price.lookupKey().orElse(null),
        offer.map(sold -> sold.plan().tier()).orElse(null));
  }

  // An older price of a plan may have cost something else in other currencies, too.
  private static Amounts amounts(Price price, Money own, Optional<Catalog.Offer> offer) {
    return offer
        .map(sold -> sold.price().amounts())
        .filter(amounts -> price.active() && amounts.standard().equals(own))
        .orElseGet(() -> Amounts.of(own));
  }

  private static RecurringAnswer recurring(Recurrence recurrence) {
    return new RecurringAnswer(
        recurrence.unit().code(),
        recurrence.count(),
        recurrence.metered() ? "metered" : "licensed");
  }

  private static Optional<BillingInterval> interval(Recurrence recurrence) {
    return switch (recurrence.unit()) {
      case MONTH ->
        recurrence.count() == 1
            ? Optional.of(BillingInterval.MONTHLY)
            : Optional.of(BillingInterval.YEARLY).filter(yearly -> recurrence.count() == 12);
      case YEAR -> Optional.of(BillingInterval.YEARLY).filter(yearly -> recurrence.count() == 1);
      case DAY, WEEK -> Optional.empty();
    };
  }
}
