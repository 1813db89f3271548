package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Parameter.flag;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.TrialLedger;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Trials that were a person's second, for operators. */
final class TrialHandlers {
  static final String PATH = "/api/v1/repeated-trials";

  private final TrialLedger ledger;

  static List<Route> routes() {
    return List.of(
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.CUSTOMERS_READ)
            .is("Subscriptions", "Trials of people who had had one")
            .with(flag("open", "Only those that go on."))
            .paged()
            .answers(pageOf(RepeatedTrialAnswer.class, "Those that began last first."))
            .by(to -> to.get(TrialHandlers.class)::list),
        post(PATH + "/{id}/end", ADMINISTRATOR, BILLING)
            .is("Subscriptions", "End such a trial at once; its first period is charged")
            .answers(reply(200, RepeatedTrialAnswer.class, "It has ended, or had before."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(TrialHandlers.class)::end));
  }

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

      @Doc("By what the person was recognised: account, email, card, tax_id.")
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
