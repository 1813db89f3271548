package com.tatame.billing.simulator.engine;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A card as it was typed in, after its form was checked. */
record CardDetails(TestCard card, int expMonth, int expYear) {
  private static final Pattern EXPIRY = Pattern.compile("(\\d{1,2})\\s*/?\\s*(\\d{2}|\\d{4})");

  /** A refusal that the page shows; the message says what to do. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    final transient Decline decline;

    Refused(Decline decline) {
      super(decline.message());
      this.decline = decline;
    }
  }

  static CardDetails parse(String number, String expiry, String cvc, long now) throws Refused {
    String digits = number.replaceAll("[ -]", "");
    if (!digits.matches("\\d{12,19}") || !luhn(digits)) {
      throw refused(
          "incorrect_number", "Your card number is incorrect. Check the digits and try again.");
    }
    Matcher parts = EXPIRY.matcher(expiry.strip());
    if (!parts.matches()) {
      throw refused(
          "invalid_expiry_month",
          "Your card's expiration date is incomplete. Write it as MM / YY.");
    }
    int month = Integer.parseInt(parts.group(1));
    int year = Integer.parseInt(parts.group(2));
    if (month < 1 || month > 12) {
      throw refused(
          "invalid_expiry_month",
          "Your card's expiration month is invalid. It is a number from 01 to 12.");
    }
    int fullYear = year < 100 ? 2000 + year : year;
    YearMonth today = YearMonth.from(Instant.ofEpochSecond(now).atOffset(ZoneOffset.UTC));
    if (YearMonth.of(fullYear, month).isBefore(today)) {
      throw refused("invalid_expiry_year", "Your card's expiration year is in the past.");
    }
    if (!cvc.strip().matches("\\d{3,4}")) {
      throw refused(
          "invalid_cvc",
          "Your card's security code is invalid. It has three digits, or four on American Express.");
    }
    TestCard card = TestCard.of(digits)
        .orElseThrow(
            () -> new Refused(
                Decline.card(
                    "test_mode_live_card",
                    "Your card was declined. This is a simulation, and the card is not one of the test cards.")));
    return new CardDetails(card, month, fullYear);
  }

  private static Refused refused(String code, String message) {
    return new Refused(new Decline(code, null, message));
  }

  private static boolean luhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int doubled = i % 2 == 0 ? digit : digit * 2;
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 == 0;
  }
}
