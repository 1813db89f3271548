package com.tatame.billing.subscription;

import com.tatame.billing.money.Money;
import com.tatame.billing.subscription.InvoicePreview.Line;
import com.tatame.billing.subscription.Quote.Figures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads what a change costs out of the provider's previews. */
final class ChangePreviewCalculator {
  private ChangePreviewCalculator() {}

  /**
   * The amounts of a change.
   *
   * @param periodEnd of the subscription's present period
   * @param preview the invoice that follows a change: at once, if the change sends one
   */
  static Figures of(
      SubscriptionChange change,
      String currency,
      Instant periodEnd,
      Function<SubscriptionChange, Optional<InvoicePreview>> preview) {
    boolean later = change.policy() == ChangePolicy.AT_RENEWAL;
    Optional<InvoicePreview> first = preview.apply(later ? change.with(ChangePolicy.NONE) : change);
    Money nothing = new Money(0, currency);
    if (first.isEmpty()) {
      return new Figures(nothing, Optional.empty(), List.of());
    }
    InvoicePreview invoice = first.get();
    if (later || !sentNow(invoice, change, periodEnd)) {
      return new Figures(
          nothing, Optional.of(new Money(invoice.amountDue(), currency)), lines(invoice));
    }
    List<Line> recurring = invoice.recurring();
    if (recurring.isEmpty()) {
      recurring = preview
          .apply(change.with(ChangePolicy.NONE))
          .map(InvoicePreview::recurring)
          .orElse(List.of());
    }
    long next = recurring.stream().mapToLong(Line::net).sum() + invoice.endingBalance();
    return new Figures(
        new Money(invoice.amountDue(), currency),
        recurring.isEmpty()
            ? Optional.empty()
            : Optional.of(new Money(Math.max(0, next), currency)),
        lines(invoice));
  }

  // A renewal bills from the period's end on. What bills a whole period from before that, or a part
  // of one from the very date of the change, is sent with the change.
  private static boolean sentNow(
      InvoicePreview invoice, SubscriptionChange change, Instant periodEnd) {
    boolean newPeriod =
        invoice.recurring().stream().anyMatch(line -> line.periodStart().isBefore(periodEnd));
    boolean prorated = change.policy() == ChangePolicy.PRORATE
        && invoice.lines().stream()
            .anyMatch(line -> line.proration()
                && change.prorationDate().filter(line.periodStart()::equals).isPresent());
    return newPeriod || prorated;
  }

  /** The invoice's lines, and whatever else makes them come to its total. */
  private static List<Quote.Line> lines(InvoicePreview invoice) {
    List<Quote.Line> lines = new ArrayList<>();
    long amounts = 0;
    long discounts = 0;
    for (Line line : invoice.lines()) {
      lines.add(new Quote.Line(
          line.description(), new Money(line.amount(), invoice.currency()), line.proration()));
      amounts += line.amount();
      discounts += line.discount();
    }
    add(lines, "Discount", -discounts, invoice.currency());
    add(lines, "Tax", invoice.tax(), invoice.currency());
    long rest = invoice.total() - amounts + discounts - invoice.tax();
    add(lines, "Other items", rest, invoice.currency());
    return lines;
  }

  private static void add(
      List<Quote.Line> lines, String description, long amount, String currency) {
    if (amount != 0) {
      lines.add(new Quote.Line(description, new Money(amount, currency), false));
    }
  }
}
