package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a change was promised to cost. It is charged exactly, or the change is refused.
 *
 * @param account whose it is
 * @param change with its proration date
 * @param fromPriceId what the item sold when the quote was made
 * @param fromQuantity of the same
 * @param expiresAt from then on it is refused; on the billing clock, as are all its instants
 */
public record Quote(
    String id,
    AccountId account,
    SubscriptionChange change,
    String fromPriceId,
    long fromQuantity,
    Figures figures,
    Instant createdAt,
    Instant expiresAt) {

  /**
   * The amounts.
   *
   * @param dueNow charged when the change is made; 0 if nothing is
   * @param nextInvoice due at the next renewal, as far as it is known now; empty if there is none
   * @param lines of the invoice that is sent now, else of the next one
   */
  public record Figures(Money dueNow, Optional<Money> nextInvoice, List<Line> lines) {
    public Figures {
      lines = List.copyOf(lines);
    }

    /** Whether another calculation has the same result, to the cent and line by line. */
    boolean equalsToTheCent(Figures other) {
      return dueNow.equals(other.dueNow)
          && nextInvoice.equals(other.nextInvoice)
          && lines.stream()
              .map(Line::bare)
              .toList()
              .equals(other.lines.stream().map(Line::bare).toList());
    }
  }

  /** One line; negative for what is given back. */
  public record Line(String description, Money amount, boolean proration) {
    private Line bare() {
      return new Line("", amount, proration);
    }
  }
}
