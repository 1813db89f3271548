package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.PAYMENT_DECLINED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.ProblemCode.QUOTE_STALE;
import static com.tatame.billing.http.ProblemCode.SUBSCRIPTION_EXISTS;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.patch;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.http.SubscriptionHandlers.SubscriptionAnswer;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.PauseBehavior;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.Subscriptions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changing what a subscription sells, and pausing its payments. */
final class ChangeHandlers {
  private static final String ONE = "/api/v1/subscriptions/{id}";
  private static final String UPDATE = ONE + "/update";
  private final Subscriptions subscriptions;

  static List<Route> routes() {
    return List.of(
        post(ONE + "/quote", SIGNED_IN, NONE)
            .is("Subscriptions", "What a change would cost")
            .takes(NewQuote.class)
            .answers(reply(200, QuoteAnswer.class, "Holds for ten minutes; nothing is changed."))
            .refuses(CONFLICT, SUBSCRIPTION_EXISTS, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(ChangeHandlers.class)::quote),
        change(post(UPDATE, SIGNED_IN, BILLING)),
        change(patch(ONE, SIGNED_IN, BILLING)),
        post(ONE + "/pause", SIGNED_IN, BILLING)
            .is(
                "Subscriptions",
                "Stop collecting payments for a while; users only where the plan allows it")
            .takes(PauseRequest.class)
            .answers(reply(
                200,
                SubscriptionAnswer.class,
                "As it is now. It still entitles, unless its user paused it."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(SubscriptionHandlers.class)::readAgain)
            .by(to -> to.get(ChangeHandlers.class)::pause),
        post(ONE + "/unpause", SIGNED_IN, BILLING)
            .is("Subscriptions", "Collect payments again")
            .answers(reply(200, SubscriptionAnswer.class, "As it is now."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(SubscriptionHandlers.class)::readAgain)
            .by(to -> to.get(ChangeHandlers.class)::unpause));
  }

  private static Route change(Route.Builder route) {
    return route
        .is("Subscriptions", "Change plan, interval or quantity, as quoted or as asked")
        .takes(SubscriptionUpdate.class)
        .answers(reply(
            200, SubscriptionAnswer.class, "As it is now; a paymentAction is still to be done."))
        .refuses(
            PAYMENT_DECLINED,
            CONFLICT,
            QUOTE_STALE,
            SUBSCRIPTION_EXISTS,
            PROVIDER_REJECTED,
            PROVIDER_UNAVAILABLE)
        .reopens(to -> to.get(SubscriptionHandlers.class)::readAgain)
        .by(to -> to.get(ChangeHandlers.class)::update);
  }

  ChangeHandlers(Subscriptions subscriptions) {
    this.subscriptions = subscriptions;
  }

  record NewQuote(
      @Doc(value = "A tier of the catalog; the present one if missing.", example = "pro") @Nullable
      String tier,

      @Doc("Instead of tier and interval.") @Nullable String priceId,

      @Doc(
          value = "How often to be billed; as it is if missing.",
          oneOf = {"monthly", "yearly"})
      @Nullable
      String interval,

      @Doc("As it is if missing.") @Nullable Long quantity,

      @Doc(
          value = "Charge the difference now, charge nothing for this period, or wait for its end.",
          oneOf = {"prorate", "none", "at_renewal"})
      @Nullable
      String policy) {
    ChangeRequest request() {
      return new ChangeRequest(
          RequestFields.text("tier", tier),
          Optional.ofNullable(interval)
              .map(code -> BillingInterval.of(code)
                  .orElseThrow(() -> ValidationFailed.of("interval", "must be monthly or yearly"))),
          RequestFields.text("priceId", priceId),
          Optional.ofNullable(quantity),
          Optional.ofNullable(policy)
              .flatMap(ChangePolicy::of)
              .orElseThrow(
                  () -> ValidationFailed.of("policy", "must be prorate, none or at_renewal")));
    }
  }

  record SubscriptionUpdate(
      @Doc("Charges exactly what was quoted; then nothing else may be sent.") @Nullable
      String quoteId,

      @Doc(value = "A tier of the catalog; the present one if missing.", example = "pro") @Nullable
      String tier,

      @Doc("Instead of tier and interval.") @Nullable String priceId,

      @Doc(
          value = "How often to be billed; as it is if missing.",
          oneOf = {"monthly", "yearly"})
      @Nullable
      String interval,

      @Doc("As it is if missing.") @Nullable Long quantity,

      @Doc(
          value = "Required without quoteId.",
          oneOf = {"prorate", "none", "at_renewal"})
      @Nullable
      String policy) {
    private boolean alsoSaysMore() {
      return tier != null
          || priceId != null
          || interval != null
          || quantity != null
          || policy != null;
    }
  }

  record QuoteAnswer(
      @Doc(value = "To be sent with the update.", example = "qt_5f0c")
      String quoteId,

      @Doc("From then on it is refused.") Instant expiresAt,
      @Doc("Charged when the change is made.") MoneyAnswer dueNow,

      @Doc("Due at the next renewal as far as it is known now; null if there is none.") @Nullable
      MoneyAnswer nextInvoice,

      @Doc("Of the invoice that is sent now, else of the next one.")
      List<QuoteLineAnswer> lines) {
    static QuoteAnswer of(Quote quote) {
      Quote.Figures figures = quote.figures();
      return new QuoteAnswer(
          quote.id(),
          quote.expiresAt(),
          MoneyAnswer.of(figures.dueNow()),
          figures.nextInvoice().map(MoneyAnswer::of).orElse(null),
          figures.lines().stream()
              .map(line -> new QuoteLineAnswer(
                  line.description(), MoneyAnswer.of(line.amount()), line.proration()))
              .toList());
    }
  }

  record QuoteLineAnswer(
      @Doc(value = "In the provider's words.", example = "Unused time on Basic after 16 Apr 2026")
      String description,

      @Doc("Negative for what is given back.") MoneyAnswer amount,
      @Doc("Whether it is for a part of a period.") boolean proration) {}

  record PauseRequest(
      @Doc(
          value = "What becomes of invoices meanwhile.",
          oneOf = {"void", "keep_as_draft", "mark_uncollectible"})
      String behavior,

      @Doc(value = "When it ends by itself.", example = "2026-03-01T00:00:00Z") @Nullable
      String resumesAt) {}

  Answer quote(Call call) {
    ChangeRequest request = permitted(call, call.body(NewQuote.class).request());
    return Answer.ok(QuoteAnswer.of(subscriptions.quote(call.account(), call.id("id"), request)));
  }

  Answer update(Call call) {
    SubscriptionUpdate update = call.body(SubscriptionUpdate.class);
    Optional<String> quote = RequestFields.text("quoteId", update.quoteId());
    if (quote.isPresent() && update.alsoSaysMore()) {
      throw ValidationFailed.of("quoteId", "says it all; send nothing beside it");
    }
    if (quote.filter(id -> !InputRules.id(id)).isPresent()) {
      throw ValidationFailed.of("quoteId", "is not an id");
    }
    String id = call.id("id");
    return shown(
        call,
        quote.isPresent()
            ? subscriptions.change(call.account(), id, quote.get())
            : subscriptions.change(
                call.account(),
                id,
                permitted(
                    call,
                    new NewQuote(
                            update.tier(),
                            update.priceId(),
                            update.interval(),
                            update.quantity(),
                            update.policy())
                        .request())));
  }

  // A user who may change without being charged takes the dearest plan after each renewal, and goes
  // back
  // before the next one.
  private static ChangeRequest permitted(Call call, ChangeRequest request) {
    if (request.policy() == ChangePolicy.NONE && !call.principal().isTrusted()) {
      throw new Forbidden("Only an administrator or an API key may change a subscription without"
          + " charging for it; use the policy prorate or at_renewal.");
    }
    return request;
  }

  Answer pause(Call call) {
    PauseRequest request = call.body(PauseRequest.class);
    PauseBehavior behavior = Optional.ofNullable(request.behavior())
        .flatMap(PauseBehavior::of)
        .orElseThrow(() ->
            ValidationFailed.of("behavior", "must be void, keep_as_draft or mark_uncollectible"));
    Optional<Instant> resumesAt =
        Optional.ofNullable(request.resumesAt()).map(text -> RequestFields.time("resumesAt", text));
    return shown(
        call,
        call.principal().isTrusted()
            ? subscriptions.pause(call.account(), call.id("id"), behavior, resumesAt)
            : pausedByUser(call, behavior, resumesAt));
  }

  // What is void is never owed; to collect or write it off later is not the user's to say.
  private Subscription pausedByUser(
      Call call, PauseBehavior behavior, Optional<Instant> resumesAt) {
    if (behavior != PauseBehavior.VOID) {
      subscriptions.get(call.account(), call.id("id"));
      throw new Forbidden("Only an administrator or an API key may pause like this; a user's own"
          + " pause, where the plan allows it, is void.");
    }
    return subscriptions.pauseByUser(call.account(), call.id("id"), resumesAt);
  }

  Answer unpause(Call call) {
    return shown(
        call,
        call.principal().isTrusted()
            ? subscriptions.unpause(call.account(), call.id("id"))
            : subscriptions.unpauseByUser(call.account(), call.id("id")));
  }

  private Answer shown(Call call, Subscription subscription) {
    return Answer.ok(SubscriptionAnswer.of(subscriptions.show(call.account(), subscription)));
  }
}
