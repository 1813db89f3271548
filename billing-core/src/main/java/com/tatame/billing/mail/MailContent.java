package com.tatame.billing.mail;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.money.Money;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a mail tells, as it was when the mail was planned. Which of it a template uses is the template's
 * to know; what is empty it leaves out.
 *
 * @param name of the reader
 * @param title of the plan, item or feature, as the catalog has it
 * @param previousTitle of the plan before
 * @param interval in which the plan is paid
 * @param amount paid, asked for or given back
 * @param number of the invoice
 * @param at when the trial or the subscription ends, the payment is tried again, or the limit is reset
 * @param link to the provider's page of the invoice, receipt or confirmation
 * @param lines of the invoice
 * @param usage of the feature
 */
public record MailContent(
    Optional<String> name,
    Optional<String> title,
    Optional<String> previousTitle,
    Optional<BillingInterval> interval,
    Optional<Money> amount,
    Optional<String> number,
    Optional<Instant> at,
    Optional<URI> link,
    List<Line> lines,
    Optional<Usage> usage) {
  /** One line of an invoice. */
  public record Line(String description, Money amount) {}

  /** How much of a limit is used, in units of the feature. */
  public record Usage(long used, long limit) {}

  public MailContent {
    lines = List.copyOf(lines);
  }

  @Override
  public String toString() {
    return "MailContent[…]";
  }
}
