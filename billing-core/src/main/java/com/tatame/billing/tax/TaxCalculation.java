package com.tatame.billing.tax;

import com.tatame.billing.money.Money;
import java.util.List;

/**
 * The total of a purchase with its tax.
 *
 * @param total with tax
 * @param tax what of the total is tax
 */
public record TaxCalculation(Money total, Money tax, List<Line> lines) {

  /**
   * One thing that is bought.
   *
   * @param reference what it was called when it was asked for
   * @param amount before tax
   */
  public record Line(String reference, Money amount, Money tax) {}

  public TaxCalculation {
    lines = List.copyOf(lines);
  }
}
