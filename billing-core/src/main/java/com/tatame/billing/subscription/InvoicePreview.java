package com.tatame.billing.subscription;

import java.time.Instant;
import java.util.List;

/**
 * An invoice that the provider would send; minor units of {@code currency}.
 *
 * @param total the sum of the lines, discounts and taxes included; negative for a credit
 * @param tax that comes on top of the lines
 * @param amountDue what is to be paid once the customer's balance is used
 * @param startingBalance of the customer, before this invoice; negative for a credit
 * @param lines of an invoice with very many lines, the first of them
 */
public record InvoicePreview(
    String currency, long total, long tax, long amountDue, long startingBalance, List<Line> lines) {

  /**
   * One line.
   *
   * @param amount before discounts
   * @param discount what discounts take off it
   * @param proration whether it is for a part of a period
   */
  public record Line(
      String description, long amount, long discount, boolean proration, Instant periodStart) {
    long net() {
      return amount - discount;
    }
  }

  public InvoicePreview {
    lines = List.copyOf(lines);
  }

  /** The customer's balance after this invoice. */
  long endingBalance() {
    return startingBalance + total - amountDue;
  }

  List<Line> recurring() {
    return lines.stream().filter(line -> !line.proration()).toList();
  }
}
