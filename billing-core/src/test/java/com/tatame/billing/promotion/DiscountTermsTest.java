package com.tatame.billing.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.money.Money;
import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscountTermsTest {
  @ParameterizedTest
  @ValueSource(strings = {"20", "20.0", "20.00", "2E+1"})
  void onePercentageIsAsGoodAsAnotherOfTheSameValue(String percent) {
    DiscountTerms terms = terms(percent);

    assertThat(terms).isEqualTo(DiscountTerms.percent(20));
    assertThat(terms.percentOff()).map(BigDecimal::toString).contains("20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "100.01", "0.001", "1E+3"})
  void aPercentageIsMoreThanNothingAndAtMostAll(String percent) {
    assertThatThrownBy(() -> terms(percent))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            e ->
                assertThat(e.errors()).extracting(FieldError::field).containsExactly("percentOff"));
  }

  @Test
  void eitherAPercentageOrAnAmountIsTakenOff() {
    Optional<Money> amount = Optional.of(new Money(100, "usd"));
    Optional<BigDecimal> percent = Optional.of(BigDecimal.TEN);

    assertThatThrownBy(
            () -> new DiscountTerms(percent, amount, Coupon.Duration.ONCE, Optional.empty()))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> new DiscountTerms(
            Optional.empty(), Optional.empty(), Coupon.Duration.ONCE, Optional.empty()))
        .isInstanceOf(ValidationFailed.class);
  }

  @Test
  void monthsAreOfARepeatingDiscountAlone() {
    assertThat(DiscountTerms.percent(20).forMonths(60).months()).contains(60);
    assertThatThrownBy(() -> DiscountTerms.percent(20).forMonths(61))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> new DiscountTerms(
            Optional.of(BigDecimal.TEN),
            Optional.empty(),
            Coupon.Duration.REPEATING,
            Optional.empty()))
        .isInstanceOf(ValidationFailed.class);
  }

  private static DiscountTerms terms(String percent) {
    return new DiscountTerms(
        Optional.of(new BigDecimal(percent)),
        Optional.empty(),
        Coupon.Duration.FOREVER,
        Optional.empty());
  }
}
