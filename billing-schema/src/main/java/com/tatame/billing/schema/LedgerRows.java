package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.TermsChange;
import java.util.Optional;

/** Rows of {@code billing_events}. */
final class LedgerRows {
  private LedgerRows() {}

  static BillingEvent event(Row row) {
    return new BillingEvent(
        fact(row),
        row.optionalText("account_id").map(AccountId::new),
        cause(row),
        row.instant("recorded_at"));
  }

  private static Fact fact(Row row) {
    return new Fact(
        row.text("fact_key"),
        row.text("event_type"),
        new SubjectId(row.text("subject_id")),
        row.optionalText("subscription_id"),
        row.optionalNumber("amount").map(amount -> new Money(amount, row.text("currency"))),
        row.text("status"),
        row.instant("occurred_at"),
        row.optionalRow("terms").map(terms -> RecordRows.read(TermsChange.class, terms)),
        row.texts("details"));
  }

  // Rows of versions without a cause have an event, or were read.
  private static Cause cause(Row row) {
    Optional<String> event = row.optionalText("stripe_event_id");
    return new Cause(
        row.optionalConstant("cause", Cause.Source.class)
            .orElse(event.isPresent() ? Cause.Source.EVENT : Cause.Source.READ),
        event,
        row.optionalText("command_id"));
  }
}
