package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Effect.BILLING;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.http.DiscountHandlers.ManualDiscountAnswer;
import com.tatame.billing.http.DiscountHandlers.ManualDiscountRequest;
import com.tatame.billing.http.GrantHandlers.GrantAnswer;
import com.tatame.billing.http.GrantHandlers.GrantRequest;
import java.util.List;

/** The part of the table that is about what accounts are given for nothing. */
final class GrantRoutes {
  private GrantRoutes() {}

  static List<Route> canonical() {
    return List.of(
        post(GrantHandlers.PATH, ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.GRANTS)
            .keepsKeysItself()
            .is("Grants", "Give an account a plan for a time, units of a feature, or a flag")
            .takes(GrantRequest.class)
            .answers(reply(201, GrantAnswer.class, "It is given, or was, under the same key."))
            .refuses(IDEMPOTENCY_KEY_REUSED)
            .by(to -> to.grants()::give),
        get(GrantHandlers.PATH, ADMINISTRATOR)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "What was given, whether it holds or not")
            .with(query("account", "Only what this account was given."))
            .paged()
            .answers(pageOf(GrantAnswer.class, "What was given last first."))
            .by(to -> to.grants()::list),
        get(GrantHandlers.PATH + "/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "One grant")
            .answers(reply(200, GrantAnswer.class, "The grant."))
            .by(to -> to.grants()::read),
        delete(GrantHandlers.PATH + "/{id}", ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "Take a grant back; it gives nothing from now on, and stays on record")
            .with(query("reason", "Why, for the record."))
            .answers(none("It is taken back, or was before."))
            .by(to -> to.grants()::revoke),
        post(DiscountHandlers.PATH, ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.GRANTS)
            .keepsKeysItself()
            .is("Grants", "Give a subscription a discount, in the place of those that it has")
            .takes(ManualDiscountRequest.class)
            .answers(
                reply(201, ManualDiscountAnswer.class, "It is given, or was, under the same key."))
            .refuses(
                NOT_FOUND,
                CONFLICT,
                IDEMPOTENCY_KEY_REUSED,
                PROVIDER_REJECTED,
                PROVIDER_UNAVAILABLE)
            .by(to -> to.discounts()::give),
        get(DiscountHandlers.PATH, ADMINISTRATOR)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "The discounts that were given, whether they are in force or not")
            .with(query("account", "Only what this account was given."))
            .paged()
            .answers(pageOf(ManualDiscountAnswer.class, "What was given last first."))
            .by(to -> to.discounts()::list),
        get(DiscountHandlers.PATH + "/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "One discount that was given")
            .answers(reply(200, ManualDiscountAnswer.class, "The discount."))
            .by(to -> to.discounts()::read),
        delete(DiscountHandlers.PATH + "/{id}", ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "Take a discount off its subscription; it stays on record")
            .with(query("reason", "Why, for the record."))
            .answers(none("It is taken off, or was before."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.discounts()::remove));
  }
}
