package com.tatame.billing.mailservice;

import com.tatame.billing.money.MinorUnits;
import com.tatame.billing.money.Money;
import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Currency;
import java.util.Locale;
import java.util.regex.Pattern;

/** Amounts, numbers and times as the reader's country writes them, by CLDR. */
final class LocalFormats {
  /** Where a code touches its number, which CLDR separates and Java doesn't: EUR5. */
  private static final Pattern TOUCHING = Pattern.compile("(?<=\\p{L})(?=\\d)|(?<=\\d)(?=\\p{L})");

  private final Locale locale;
  private final ZoneId zone;

  LocalFormats(Locale locale, ZoneId zone) {
    this.locale = locale;
    this.zone = zone;
  }

  String amount(Money money) {
    int minor = MinorUnits.decimals(money.currency());
    BigDecimal amount = BigDecimal.valueOf(money.amount(), minor);
    String code = money.currency().toUpperCase(Locale.ROOT);
    if (!MinorUnits.currencies().contains(money.currency())) {
      return amount.toPlainString() + " " + code;
    }
    Currency currency = Currency.getInstance(code);
    NumberFormat format = NumberFormat.getCurrencyInstance(locale);
    format.setCurrency(currency);
    // As many decimals as the currency has, which for some are fewer than the provider counts, and
    // more only where they say something.
    int usual = Math.max(0, Math.min(currency.getDefaultFractionDigits(), minor));
    int digits = Math.max(usual, amount.stripTrailingZeros().scale());
    format.setMinimumFractionDigits(digits);
    format.setMaximumFractionDigits(digits);
    return TOUCHING.matcher(format.format(amount)).replaceAll("\u00a0");
  }

  String number(long number) {
    return NumberFormat.getIntegerInstance(locale).format(number);
  }

  /** Rounded down: a limit that isn't reached is not shown as reached. */
  String percent(long part, long whole) {
    BigDecimal hundredths = whole <= 0
        ? BigDecimal.ZERO
        : BigDecimal.valueOf(part)
            .multiply(BigDecimal.valueOf(100))
            .divideToIntegralValue(BigDecimal.valueOf(whole));
    return NumberFormat.getPercentInstance(locale).format(hundredths.movePointLeft(2));
  }

  String date(Instant at) {
    return DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
        .withLocale(locale)
        .format(at.atZone(zone));
  }

  /** With the name of the time zone, since the reader may be in another one by now. */
  String time(Instant at) {
    ZonedDateTime local = at.atZone(zone);
    // Some countries have nothing between a date and a short time, as in 2026 16:30.
    return date(at)
        + ", "
        + DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
            .withLocale(locale)
            .format(local)
        + " "
        + DateTimeFormatter.ofPattern("zzz", locale).format(local);
  }
}
