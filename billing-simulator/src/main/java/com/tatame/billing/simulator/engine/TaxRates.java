package com.tatame.billing.simulator.engine;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A few places and what they take: the standard rates of Germany (19), France and the United Kingdom
 * (20), Spain and the Netherlands (21), Italy (22), Ireland (23), Switzerland (8.1), Canada (5),
 * Australia and Japan (10), and of the states of California (7.25), New York (8.875), Texas (6.25) and
 * Washington (6.5). Everywhere else the account isn't registered, and collects nothing.
 */
final class TaxRates {
  private static final Map<String, Rate> COUNTRIES = Map.ofEntries(
      Map.entry("DE", new Rate("19.0", "vat", "standard_rated")),
      Map.entry("FR", new Rate("20.0", "vat", "standard_rated")),
      Map.entry("GB", new Rate("20.0", "vat", "standard_rated")),
      Map.entry("ES", new Rate("21.0", "vat", "standard_rated")),
      Map.entry("NL", new Rate("21.0", "vat", "standard_rated")),
      Map.entry("IT", new Rate("22.0", "vat", "standard_rated")),
      Map.entry("IE", new Rate("23.0", "vat", "standard_rated")),
      Map.entry("CH", new Rate("8.1", "vat", "standard_rated")),
      Map.entry("CA", new Rate("5.0", "gst", "standard_rated")),
      Map.entry("AU", new Rate("10.0", "gst", "standard_rated")),
      Map.entry("JP", new Rate("10.0", "jct", "standard_rated")));
  private static final Map<String, Rate> STATES = Map.of(
      "CA", new Rate("7.25", "sales_tax", "standard_rated"),
      "NY", new Rate("8.875", "sales_tax", "standard_rated"),
      "TX", new Rate("6.25", "sales_tax", "standard_rated"),
      "WA", new Rate("6.5", "sales_tax", "standard_rated"));
  private static final Set<String> UNION = Set.of("DE", "FR", "ES", "NL", "IT", "IE");
  private static final String UNITED_STATES = "US";

  private TaxRates() {}

  /** The countries of the table, the United States, and Brazil for all others. */
  static List<String> countries() {
    return Stream.concat(COUNTRIES.keySet().stream(), Stream.of(UNITED_STATES, "BR"))
        .sorted()
        .toList();
  }

  /**
   * What a place takes.
   *
   * @param percent as Stripe writes it
   * @param type such as {@code vat}; null where nothing is collected
   * @param reason why it is this rate
   */
  record Rate(String percent, @Nullable String type, String reason) {
    static final Rate NONE = new Rate("0.0", null, "not_collecting");

    /** The tax on an amount, rounded half up. */
    long on(long amount) {
      return new BigDecimal(percent)
          .multiply(BigDecimal.valueOf(amount))
          .movePointLeft(2)
          .setScale(0, RoundingMode.HALF_UP)
          .longValueExact();
    }

    /** The tax that an amount holds already. */
    long within(long amount) {
      BigDecimal hundred = BigDecimal.valueOf(100);
      return amount
          - BigDecimal.valueOf(amount)
              .multiply(hundred)
              .divide(hundred.add(new BigDecimal(percent)), 0, RoundingMode.HALF_UP)
              .longValueExact();
    }
  }

  /**
   * What is taken at an address.
   *
   * @param business whether the buyer gave a number of the union's tax authorities
   */
  static Rate at(Params address, boolean business) {
    String country = address.required("country").toUpperCase(Locale.ROOT);
    String state = address.text("state");
    if (country.equals(UNITED_STATES)) {
      if (state == null && address.text("postal_code") == null) {
        throw StripeException.invalid(
            "customer_tax_location_invalid",
            address.path("postal_code"),
            "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate"
                + " tax.");
      }
      return state == null ? Rate.NONE : STATES.getOrDefault(state, Rate.NONE);
    }
    if (business && UNION.contains(country)) {
      return new Rate("0.0", "vat", "reverse_charge");
    }
    return COUNTRIES.getOrDefault(country, Rate.NONE);
  }
}
