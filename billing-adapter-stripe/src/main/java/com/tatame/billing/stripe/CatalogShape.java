package com.tatame.billing.stripe;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.Recurrence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Products, prices, and what prices and plans say about repetition. */
final class CatalogShape {
  private static final long MAX_INTERVAL_COUNT = 10_000;
  private static final Pattern CURRENCY = Pattern.compile("[a-z]{3}");

  private CatalogShape() {}

  static Product product(Fields product) {
    return new Product(
        product.text("id"),
        product.text("name"),
        product.optionalText("description"),
        product.flag("active"),
        product.metadata(),
        product.instant("created"));
  }

  static Price price(Fields price) {
    return new Price(
        price.text("id"),
        price.id("product"),
        price.flag("active"),
        currency(price),
        price.optionalNumber("unit_amount"),
        price.optionalObject("recurring").map(CatalogShape::recurrence),
        price.optionalText("lookup_key"),
        price.metadata(),
        price.instant("created"));
  }

  /**
   * What a price costs in other currencies than its own, by their code. Empty unless {@code
   * currency_options} is expanded; Stripe names the price's own currency there, too.
   */
  static Map<String, Optional<Long>> otherAmounts(Fields price) {
    Map<String, Optional<Long>> amounts = new HashMap<>();
    if (price.states("currency_options")) {
      Fields options = price.object("currency_options");
      options.json().keySet().stream()
          .filter(currency -> !currency.equals(currency(price)))
          .forEach(currency ->
              amounts.put(currency, options.object(currency).optionalNumber("unit_amount")));
    }
    return amounts;
  }

  /** Of a price's {@code recurring} or of a plan: both name it alike. */
  static Recurrence recurrence(Fields recurring) {
    long count = recurring.number("interval_count");
    if (count < 1 || count > MAX_INTERVAL_COUNT) {
      throw recurring.unreadable("interval_count", "is out of range");
    }
    return new Recurrence(
        recurring.known("interval", CatalogShape::unit),
        (int) count,
        recurring.known("usage_type", CatalogShape::metered));
  }

  /** Three lower-case letters, as the rest of the product relies on. */
  static String currency(Fields fields) {
    return currency(fields, "currency");
  }

  static String currency(Fields fields, String name) {
    String currency = fields.text(name);
    if (!CURRENCY.matcher(currency).matches()) {
      throw fields.unreadable(name, "is not three lower-case letters");
    }
    return currency;
  }

  private static Optional<Recurrence.Unit> unit(String code) {
    return Arrays.stream(Recurrence.Unit.values())
        .filter(u -> u.code().equals(code))
        .findFirst();
  }

  private static Optional<Boolean> metered(String usageType) {
    return usageType.equals("metered") || usageType.equals("licensed")
        ? Optional.of(usageType.equals("metered"))
        : Optional.empty();
  }
}
