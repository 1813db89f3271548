package com.tatame.billing.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amounts as the payment provider counts them. */
final class MinorUnitsTest {
  @ParameterizedTest
  @CsvSource({
    "usd, 2, 1",
    "eur, 2, 1",
    "jpy, 0, 1",
    "krw, 0, 1",
    "kwd, 3, 10",
    "tnd, 3, 10",
    "isk, 2, 100",
    "ugx, 2, 100",
    "mga, 0, 1"
  })
  void aCurrencyHasTheDecimalsThatTheProviderCounts(String currency, int decimals, int step) {
    assertThat(MinorUnits.decimals(currency)).isEqualTo(decimals);
    assertThat(MinorUnits.step(currency)).isEqualTo(step);
    assertThat(MinorUnits.currencies()).contains(currency);
  }

  @ParameterizedTest
  @CsvSource({
    "1503, usd, 20, 1202",
    "1503, jpy, 20, 1202",
    "105, usd, 30, 74",
    "2990, kwd, 25, 2240",
    "2980, kwd, 25, 2240",
    "2950, kwd, 50, 1480",
    "1500, isk, 10, 1400",
    "500, isk, 100, 0"
  })
  void aDiscountedPriceIsRoundedHalfUpToWhatCanBeCharged(
      long amount, String currency, int percent, long charged) {
    assertThat(new Money(amount, currency).lessPercent(percent))
        .isEqualTo(new Money(charged, currency));
  }

  @Test
  void theDefaultCurrencyComesFirstAndTheOthersInOrder() {
    Money euros = new Money(899, "eur");
    Money dollars = new Money(999, "usd");
    Money reais = new Money(4990, "brl");
    Amounts amounts = Amounts.of(euros, List.of(dollars, reais));

    assertThat(amounts).isEqualTo(Amounts.of(euros, List.of(reais, dollars)));
    assertThat(amounts.currencies()).containsExactly("eur", "brl", "usd");
    assertThat(amounts.in("brl")).contains(reais);
    assertThat(amounts.in("gbp")).isEmpty();
    assertThatThrownBy(() -> Amounts.of(euros, List.of(new Money(1, "eur"))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
