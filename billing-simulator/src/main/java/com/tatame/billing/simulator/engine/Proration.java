package com.tatame.billing.simulator.engine;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Shares of an amount: by the second, rounded half up once for each line. */
final class Proration {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("dd MMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private Proration() {}

  /** What of an amount for {@code start..end} is for the time from {@code from}, which is not earlier. */
  static long rest(long amount, long from, long start, long end) {
    return BigDecimal.valueOf(amount)
        .multiply(BigDecimal.valueOf(end - Math.max(from, start)))
        .divide(BigDecimal.valueOf(end - start), 0, RoundingMode.HALF_UP)
        .longValueExact();
  }

  static long percent(long amount, String percent) {
    return BigDecimal.valueOf(amount)
        .multiply(new BigDecimal(percent))
        .divide(HUNDRED, 0, RoundingMode.HALF_UP)
        .longValueExact();
  }

  /** The amount less the percentages of those discounts that last longer than one invoice. */
  static long discounted(long amount, List<Discount> discounts, long now) {
    long net = amount;
    for (Discount discount : discounts) {
      if (discount.at(now) && !discount.coupon.duration.equals("once")) {
        net -= discount.percentOf(net);
      }
    }
    return net;
  }

  static String unused(String what, long from) {
    return "Unused time on " + what + " after " + DAY.format(Instant.ofEpochSecond(from));
  }

  static String remaining(String what, long from) {
    return "Remaining time on " + what + " after " + DAY.format(Instant.ofEpochSecond(from));
  }
}
