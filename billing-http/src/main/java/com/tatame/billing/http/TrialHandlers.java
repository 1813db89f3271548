package com.tatame.billing.http;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.TrialLedger;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Trials that were somebody's second, for operators. */
final class TrialHandlers {
  static final String PATH = "/api/v1/repeated-trials";

  private final TrialLedger ledger;

  TrialHandlers(TrialLedger ledger) {
    this.ledger = ledger;
  }

  record RepeatedTrialAnswer(
      @Doc(value = "The subscription.", example = "sub_123") String subscriptionId,
      @Doc(value = "The provider's.", example = "cus_123") String customerId,
      @Nullable String accountId,
      @Doc("Of plans.") @Nullable String family,

      @Doc(
          value = "alerted: it goes on; ended: it was ended for that; over: it ended by itself.",
          oneOf = {"alerted", "ended", "over"})
      String status,

      @Doc("By what somebody was known again: account, email, card, tax_id.")
      List<String> evidence,

      Instant startedAt,
      @Nullable Instant foundAt,
      @Nullable Instant endedAt) {
    static RepeatedTrialAnswer of(Trial trial) {
      return new RepeatedTrialAnswer(
          trial.subscriptionId(),
          trial.customerId(),
          trial.account().map(AccountId::value).orElse(null),
          trial.family().orElse(null),
          trial.status().code(),
          trial.repeats(),
          trial.startedAt(),
          trial.foundAt().orElse(null),
          trial.endedAt().orElse(null));
    }
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        ledger.repeated(call.flag("open").orElse(false), page.after(), page.lookahead()),
        Trial::subscriptionId,
        RepeatedTrialAnswer::of));
  }

  Answer end(Call call) {
    return Answer.ok(RepeatedTrialAnswer.of(ledger.end(call.id("id"))));
  }
}
