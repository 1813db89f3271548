package com.tatame.billing.simulator.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a buyer may say on a checkout's page before paying: a promotion code, and where they are. */
public final class CheckoutOptions {
  private final Engine engine;

  /** The checkouts of this account. */
  public CheckoutOptions(Engine engine) {
    this.engine = engine;
  }

  /**
   * Uses a code for a session, or none any more if it is empty. Nothing happens where codes aren't
   * taken.
   *
   * @return why it can't be used, for the buyer; empty if it is
   */
  public Optional<String> useCode(String session, String code) {
    return engine.step(rules -> open(rules, session)
        .filter(open -> Boolean.TRUE.equals(open.allowPromotionCodes))
        .flatMap(open -> use(rules, open, code)));
  }

  private static Optional<String> use(Rules rules, CheckoutSession session, String text) {
    if (text.isEmpty()) {
      session.coupon = null;
      session.promotionCode = null;
      return Optional.empty();
    }
    Optional<PromotionCode> found = rules.account.promotionCodes.values().stream()
        .filter(code -> code.code.equalsIgnoreCase(text))
        .reduce((older, newer) -> newer.active || !older.active ? newer : older);
    if (found.isEmpty()) {
      return Optional.of("There is no code " + text + ".");
    }
    try {
      rules.discounts.offer(
          session,
          Params.of(Map.of("discounts", List.of(Map.of("promotion_code", found.get().id)))));
      return Optional.empty();
    } catch (StripeException e) {
      return Optional.of(
          Objects.equals(e.code, "promotion_code_expired")
              ? why(rules.account, session, found.get())
              : "The code " + found.get().code + " can't be used any more.");
    }
  }

  private static String why(Account account, CheckoutSession session, PromotionCode code) {
    if (code.customer != null && !code.customer.equals(session.customer)) {
      return "The code " + code.code + " is for another customer.";
    }
    if (!code.active || (code.expiresAt != null && code.expiresAt <= account.now)) {
      return "The code " + code.code + " has expired.";
    }
    if (code.maxRedemptions != null && code.timesRedeemed >= code.maxRedemptions) {
      return "The code " + code.code + " has been used as often as it may be.";
    }
    return code.minimumAmount == null
        ? "The code " + code.code + " is for first orders only."
        : "The code " + code.code + " is for orders from "
            + Prices.money(code.minimumAmount, Objects.requireNonNull(code.minimumAmountCurrency))
            + " on.";
  }

  /**
   * Notes where the buyer is, by which the tax is reckoned. Nothing happens where taxes aren't.
   *
   * @param country of two letters
   * @param state of the country, where that matters; may be empty
   * @param postalCode may be empty
   */
  public void locate(String session, String country, String state, String postalCode) {
    engine.step(rules -> open(rules, session)
        .filter(open -> open.automaticTax && country.matches("[A-Za-z]{2}"))
        .map(open -> {
          Map<String, String> address = new HashMap<>();
          address.put("country", country);
          if (!state.isEmpty()) {
            address.put("state", state);
          }
          if (!postalCode.isEmpty()) {
            address.put("postal_code", postalCode);
          }
          open.collectedAddress = address;
          return open;
        }));
  }

  private static Optional<CheckoutSession> open(Rules rules, String session) {
    return Optional.ofNullable(rules.account.sessions.get(session))
        .filter(known -> known.status.equals("open") && known.authenticating == null);
  }
}
