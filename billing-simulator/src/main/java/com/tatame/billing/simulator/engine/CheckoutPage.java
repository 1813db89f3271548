package com.tatame.billing.simulator.engine;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A checkout session as its page shows it.
 *
 * @param state open, authenticating, complete or expired
 * @param sums what is taken off and added
 * @param takesCode whether a promotion code may be given
 * @param code the one in use; empty for none
 * @param taxed whether the tax is reckoned by where the buyer is
 * @param place where that is; empty while unknown
 * @param dueToday what is to be paid on the page, as people read it
 * @param renews whether it is paid again and again, and not once
 * @param later what is to be paid after the trial and when; empty without a trial
 * @param emailKnown whether the buyer is a customer already, or the seller gave an address
 */
public record CheckoutPage(
    String session,
    String state,
    List<Line> lines,
    List<Sum> sums,
    boolean takesCode,
    String code,
    boolean taxed,
    Map<String, String> place,
    boolean renews,
    String dueToday,
    Optional<Later> later,
    String email,
    boolean emailKnown,
    boolean cardNeeded,
    String last4,
    String successUrl,
    Optional<String> cancelUrl) {

  /** One product, how many of it, and its price in words. */
  public record Line(String name, String description, String price, long quantity, String amount) {}

  /** Something that is taken off or added. */
  public record Sum(String name, String amount) {}

  /** A place to choose from. */
  public record Country(String code, String name) {}

  /** Where a buyer may say to be: where taxes are known, and one where none is collected. */
  public static List<Country> countries() {
    return TaxRates.countries().stream()
        .map(code -> new Country(code, new Locale("", code).getDisplayCountry(Locale.UK)))
        .toList();
  }

  /** Whether nothing can be charged before the buyer tells a place. */
  public boolean placeMissing() {
    return taxed && place.isEmpty();
  }

  /** The first payment after a trial. */
  public record Later(String amount, String on, String instant) {}
}
