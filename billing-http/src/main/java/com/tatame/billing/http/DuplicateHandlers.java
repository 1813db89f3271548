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

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.duplicate.Duplicates;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Subscriptions that are one too many, for operators. */
final class DuplicateHandlers {
  static final String PATH = "/api/v1/duplicates";

  private final Duplicates duplicates;

  static List<Route> routes() {
    return List.of(
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.CUSTOMERS_READ)
            .is("Subscriptions", "Accounts that have, or had, two subscriptions of one plan family")
            .with(flag("open", "Only what is still to be dealt with."))
            .paged()
            .answers(pageOf(DuplicateAnswer.class, "Those found last first."))
            .by(to -> to.get(DuplicateHandlers.class)::list),
        post(PATH + "/{id}/cancel", ADMINISTRATOR, BILLING)
            .is("Subscriptions", "End the one that is too many, and give back what it cost")
            .answers(reply(200, DuplicateAnswer.class, "It has ended, or had before."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(DuplicateHandlers.class)::cancel));
  }

  DuplicateHandlers(Duplicates duplicates) {
    this.duplicates = duplicates;
  }

  record DuplicateAnswer(
      @Doc(value = "The newer subscription, which is one too many.", example = "sub_456")
      String subscriptionId,

      @Doc(value = "The one that came first, which stays.", example = "sub_123")
      String keptId,

      String accountId,

      @Doc(value = "The provider's.", example = "cus_123") String customerId,
      @Doc("The family of plans that both are of.") String family,

      @Doc(
          value = "alerted: both live, and an operator should decide; over: one of them ended.",
          oneOf = {"alerted", "handling", "canceled", "over"})
      String status,

      Instant foundAt,

      @Doc("What it cost; once it is canceled.") @Nullable MoneyAnswer paid,

      @Doc("What went back of that. Less than what was paid needs a look at the provider.")
      @Nullable
      MoneyAnswer refunded,

      @Doc("When it was canceled and all was given back.") @Nullable
      Instant handledAt,

      @Doc("Who had it canceled: policy, or an administrator.") @Nullable
      String handledBy) {
    static DuplicateAnswer of(Duplicate duplicate) {
      return new DuplicateAnswer(
          duplicate.subscriptionId(),
          duplicate.keptId(),
          duplicate.account().value(),
          duplicate.customerId(),
          duplicate.family(),
          duplicate.status().code(),
          duplicate.foundAt(),
          duplicate
              .settlement()
              .map(money -> new MoneyAnswer(money.paid(), money.currency()))
              .orElse(null),
          duplicate
              .settlement()
              .map(money -> new MoneyAnswer(money.refunded(), money.currency()))
              .orElse(null),
          duplicate.handledAt().orElse(null),
          duplicate.handledBy().orElse(null));
    }
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        duplicates.list(call.flag("open").orElse(false), page.after(), page.lookahead()),
        Duplicate::subscriptionId,
        DuplicateAnswer::of));
  }

  Answer cancel(Call call) {
    return Answer.ok(
        DuplicateAnswer.of(duplicates.cancel(call.id("id"), call.principal().subject())));
  }
}
