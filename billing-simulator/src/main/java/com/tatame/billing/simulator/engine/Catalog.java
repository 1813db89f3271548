package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Products and prices. */
final class Catalog {
  private static final String RECURRING =
      "recurring{interval:(day|week|month|year)! interval_count:int usage_type:(licensed|metered) trial_period_days:int meter}";
  static final String PRICE_DATA =
      " unit_amount:int unit_amount_decimal tax_behavior:(exclusive|inclusive|unspecified) "
          + RECURRING + " ~custom_unit_amount ";
  private static final String CURRENCY_OPTIONS =
      " currency_options{*{unit_amount:int unit_amount_decimal"
          + " tax_behavior:(exclusive|inclusive|unspecified) ~custom_unit_amount ~tiers}} ";
  static final Shape CREATE_PRODUCT =
      Shape.of("name! id active:bool description images[] marketing_features[]{name!}"
          + " metadata:map shippable:bool statement_descriptor tax_code type:(service|good) unit_label url expand[]"
          + " default_price_data{currency! metadata:map" + PRICE_DATA + CURRENCY_OPTIONS
          + "} ~package_dimensions");
  static final Shape UPDATE_PRODUCT =
      Shape.of("name active:bool description images[]? marketing_features[]{name!}?"
          + " metadata:map shippable:bool statement_descriptor tax_code unit_label url default_price expand[]"
          + " ~package_dimensions");
  static final Shape LIST_PRODUCTS = Shape.of(
      "active:bool ids[] created:range shippable:bool type:(service|good) url" + Lists.SHAPE);
  static final Shape CREATE_PRICE =
      Shape.of("currency! product product_data{name! id active:bool metadata:map"
          + " statement_descriptor tax_code unit_label} active:bool billing_scheme:(per_unit|tiered) lookup_key"
          + " transfer_lookup_key:bool metadata:map nickname expand[]" + PRICE_DATA
          + CURRENCY_OPTIONS + " ~tiers ~tiers_mode ~transform_quantity");
  static final Shape UPDATE_PRICE =
      Shape.of("active:bool lookup_key transfer_lookup_key:bool metadata:map nickname"
          + " tax_behavior:(exclusive|inclusive|unspecified) expand[]" + CURRENCY_OPTIONS);
  static final Shape LIST_PRICES =
      Shape.of("active:bool currency lookup_keys[] product type:(one_time|recurring)"
          + " created:range recurring{interval:(day|week|month|year) usage_type:(licensed|metered) meter}"
          + Lists.SHAPE);

  private final Account account;
  private final Events events;

  Catalog(Account account, Events events) {
    this.account = account;
    this.events = events;
  }

  Product product(String id, @Nullable String param) {
    return Optional.ofNullable(account.products.get(id))
        .orElseThrow(() -> StripeException.missing("product", id, param));
  }

  Price price(String id, @Nullable String param) {
    return Optional.ofNullable(account.prices.get(id))
        .orElseThrow(() -> StripeException.missing("price", id, param));
  }

  Outcome createProduct(Call call) {
    Params params = call.params();
    Params priced = params.child("default_price_data");
    Optional<Price> price = priced.has("currency") ? Optional.of(read(priced)) : Optional.empty();
    Product product = newProduct(params);
    events.emit("product.created", product);
    price.ifPresent(first -> {
      product.defaultPrice = first.id;
      add(first, product);
    });
    return new Outcome.One(product);
  }

  private Product newProduct(Params params) {
    Product product = account.begin(new Product(), "prod_", 14);
    product.id = params.text("id", product.id);
    if (account.products.containsKey(product.id)) {
      throw StripeException.refused("resource_already_exists", "Product already exists.");
    }
    product.updated = account.now;
    fill(product, params);
    account.products.put(product.id, product);
    return product;
  }

  Outcome updateProduct(Call call) {
    Product product = product(call.id(), "id");
    Params params = call.params();
    ObjectNode before = events.snapshot(product);
    fill(product, params);
    params.ifPresent(
        "default_price",
        id -> product.defaultPrice = id == null ? null : price(id, "default_price").id);
    if (!events.snapshot(product).equals(before)) {
      product.updated = account.now;
      events.emitIfChanged("product.updated", product, before);
    }
    return new Outcome.One(product);
  }

  private static void fill(Product product, Params params) {
    product.name = params.text("name", product.name);
    product.active = params.flag("active", product.active);
    params.ifPresent("description", value -> product.description = value);
    params.ifPresent("statement_descriptor", value -> product.statementDescriptor = value);
    params.ifPresent("tax_code", value -> product.taxCode = value);
    params.ifPresent("unit_label", value -> product.unitLabel = value);
    params.ifPresent("url", value -> product.url = value);
    if (params.has("shippable")) {
      product.shippable = params.flag("shippable");
    }
    if (params.has("images")) {
      product.images = params.texts("images");
    }
    if (params.has("marketing_features")) {
      product.marketingFeatures = params.children("marketing_features").stream()
          .map(feature -> feature.required("name"))
          .toList();
    }
    params.mergeMetadata(product.metadata);
  }

  Outcome listProducts(Call call) {
    Params params = call.params();
    List<String> ids = params.texts("ids");
    Boolean active = params.flag("active");
    Boolean shippable = params.flag("shippable");
    return Lists.page(
        account.products.values(),
        product -> (ids.isEmpty() || ids.contains(product.id))
            && (active == null || active == product.active)
            && (shippable == null || shippable.equals(product.shippable))
            && Lists.asked(params, "url", product.url)
            && Lists.range(params, "created").test(product.created),
        call,
        "product");
  }

  Outcome createPrice(Call call) {
    Params params = call.params();
    if (params.has("product") == params.has("product_data")) {
      throw StripeException.invalid(
          "parameter_missing",
          "product",
          "You must specify either `product` or `product_data` when creating a price.");
    }
    if (params.text("billing_scheme", "per_unit").equals("tiered")) {
      throw StripeException.notModelled("billing_scheme");
    }
    Product known = params.has("product") ? product(params.required("product"), "product") : null;
    Price price = read(params);
    if (known == null) {
      known = newProduct(params.child("product_data"));
      events.emit("product.created", known);
    }
    add(price, known);
    return new Outcome.One(price);
  }

  String newLineId() {
    return account.newId("li_", 24);
  }

  /** A price that is made for one sale, with its product: both are out of use from the beginning. */
  Price inline(Params data) {
    Price price = read(data);
    if (data.has("product") == data.has("product_data")) {
      throw StripeException.invalid(
          "parameter_missing",
          data.path("product"),
          "You must specify either `product` or `product_data` when creating a price.");
    }
    Product product = data.has("product")
        ? product(data.required("product"), data.path("product"))
        : newProduct(data.child("product_data"));
    if (data.has("product_data")) {
      product.active = false;
    }
    price.active = false;
    price.product = product.id;
    account.prices.put(price.id, price);
    return price;
  }

  private void add(Price price, Product product) {
    price.product = product.id;
    account.prices.put(price.id, price);
    events.emit("price.created", price);
  }

  /** A price as it is asked for, checked but not in the catalog yet. */
  private Price read(Params params) {
    Price price = new Price();
    price.currency = params.required("currency").toLowerCase(Locale.ROOT);
    checkCurrency(price.currency);
    price.unitAmount = amount(params);
    readOptions(price, params);
    price.recurring =
        params.child("recurring").has("interval") ? recurrence(params.child("recurring")) : null;
    price.taxBehavior = params.text("tax_behavior", "unspecified");
    fill(price, params);
    return account.begin(price, "price_", 24);
  }

  private static void readOptions(Price price, Params params) {
    Params options = params.child("currency_options");
    for (String currency : options.names()) {
      checkCurrency(currency);
      if (currency.equals(price.currency)) {
        throw StripeException.invalid(
            null,
            options.path(currency),
            "You are specifying an update to a currency option that matches the top-level currency for this price."
                + " Please remove this currency option and update the top-level params instead.");
      }
      long amount = amount(options.child(currency));
      Long known = price.currencyOptions.get(currency);
      if (known != null && known != amount) {
        throw StripeException.notModelled(options.path(currency) + " with another amount");
      }
      price.currencyOptions.put(currency, amount);
    }
  }

  private Recurrence recurrence(Params params) {
    String interval = params.required("interval");
    long count = params.number("interval_count", 1);
    long most = switch (interval) {
      case "year" -> 3;
      case "month" -> 36;
      case "week" -> 156;
      default -> 1095;
    };
    if (count < 1 || count > most) {
      throw StripeException.invalid(
          null,
          params.path("interval_count"),
          "Invalid interval_count: must be between 1 and " + most + ".");
    }
    String usage = params.text("usage_type", "licensed");
    String meter = params.text("meter");
    if (meter != null) {
      if (!usage.equals("metered")) {
        throw StripeException.invalid(
            null,
            params.path("meter"),
            "A meter can only be set on a price with `usage_type=metered`.");
      }
      Meter known = account.meters.get(meter);
      if (known == null || !known.active) {
        throw StripeException.missing("billing meter", meter, params.path("meter"));
      }
    }
    return new Recurrence(interval, count, usage, meter);
  }

  private static long amount(Params params) {
    if (params.given("unit_amount_decimal") && !params.given("unit_amount")) {
      try {
        return new BigDecimal(params.required("unit_amount_decimal")).longValueExact();
      } catch (ArithmeticException e) {
        throw StripeException.notModelled("unit_amount_decimal");
      } catch (NumberFormatException e) {
        throw StripeException.invalid(
            null,
            params.path("unit_amount_decimal"),
            "Invalid decimal: " + params.text("unit_amount_decimal"));
      }
    }
    if (!params.given("unit_amount")) {
      throw StripeException.invalid(
          "parameter_missing",
          params.path("unit_amount"),
          "Missing required param: unit_amount or unit_amount_decimal.");
    }
    long amount = params.number("unit_amount", 0);
    if (amount < 0) {
      throw StripeException.invalid(
          "parameter_invalid_integer",
          params.path("unit_amount"),
          "Invalid non-negative integer: " + amount);
    }
    return amount;
  }

  static void checkCurrency(String currency) {
    try {
      Currency.getInstance(currency.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw StripeException.invalid(null, "currency", "Invalid currency: " + currency + ".");
    }
  }

  private void fill(Price price, Params params) {
    String key = params.text("lookup_key");
    if (key != null && !key.equals(price.lookupKey)) {
      takeLookupKey(key, params.flag("transfer_lookup_key", false));
    }
    params.ifPresent("lookup_key", value -> price.lookupKey = value);
    price.active = params.flag("active", price.active);
    params.ifPresent("nickname", value -> price.nickname = value);
    params.mergeMetadata(price.metadata);
  }

  private void takeLookupKey(String key, boolean transfer) {
    for (Price other : account.prices.values()) {
      if (key.equals(other.lookupKey)) {
        if (!transfer) {
          throw StripeException.invalid(
              "resource_already_exists",
              "lookup_key",
              "A price (`" + other.id + "`) already uses that lookup key.");
        }
        events.updating("price.updated", other, () -> other.lookupKey = null);
      }
    }
  }

  Outcome updatePrice(Call call) {
    Price price = price(call.id(), "price");
    if (!call.params().flag("active", true)
        && price.id.equals(account.product(price.product).defaultPrice)) {
      throw StripeException.refused(
          null, "This price cannot be archived because it is the default price of its product.");
    }
    events.updating("price.updated", price, () -> {
      fill(price, call.params());
      readOptions(price, call.params());
      price.taxBehavior = call.params().text("tax_behavior", price.taxBehavior);
    });
    return new Outcome.One(price);
  }

  Outcome listPrices(Call call) {
    Params params = call.params();
    List<String> keys = params.texts("lookup_keys");
    if (keys.size() > 10) {
      throw StripeException.invalid(
          null, "lookup_keys", "You can look up at most 10 lookup keys at a time.");
    }
    Boolean active = params.flag("active");
    Params recurring = params.child("recurring");
    return Lists.page(
        account.prices.values(),
        price -> (keys.isEmpty() || keys.contains(Objects.requireNonNullElse(price.lookupKey, "")))
            && (active == null || active == price.active)
            && Lists.asked(params, "product", price.product)
            && Lists.asked(params, "currency", price.currency)
            && Lists.asked(params, "type", price.recurring == null ? "one_time" : "recurring")
            && Lists.asked(
                recurring, "interval", price.recurring == null ? null : price.recurring.interval())
            && Lists.asked(
                recurring,
                "usage_type",
                price.recurring == null ? null : price.recurring.usageType())
            && Lists.asked(
                recurring, "meter", price.recurring == null ? null : price.recurring.meter())
            && Lists.range(params, "created").test(price.created),
        call,
        "price");
  }
}
