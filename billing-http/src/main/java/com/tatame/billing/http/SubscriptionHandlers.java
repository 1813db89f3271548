package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.PAYMENT_DECLINED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ScheduledChange;
import com.tatame.billing.subscription.SelfPause;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.subscription.Subscriptions;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The caller's subscriptions. */
final class SubscriptionHandlers {
  private final Subscriptions subscriptions;

  static List<Route> routes() {
    return List.of(
        get("/api/v1/subscriptions", SIGNED_IN)
            .is("Subscriptions", "The caller's subscriptions")
            .with(query("status", "Only those with this status."))
            .paged()
            .answers(pageOf(SubscriptionAnswer.class, "Newest first."))
            .by(to -> to.get(SubscriptionHandlers.class)::list),
        get("/api/v1/subscriptions/{id}", SIGNED_IN)
            .is("Subscriptions", "One of the caller's subscriptions")
            .answers(reply(200, SubscriptionAnswer.class, "The subscription."))
            .by(to -> to.get(SubscriptionHandlers.class)::read),
        post("/api/v1/subscriptions/{id}/cancel", SIGNED_IN, BILLING)
            .is("Subscriptions", "End a subscription, now or with its period")
            .takes(CancelRequest.class)
            .answers(reply(200, SubscriptionAnswer.class, "As it is now."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(SubscriptionHandlers.class)::readAgain)
            .by(to -> to.get(SubscriptionHandlers.class)::cancel),
        post("/api/v1/subscriptions/{id}/resume", SIGNED_IN, BILLING)
            .is("Subscriptions", "Take back a cancellation, or end a pause")
            .answers(reply(200, SubscriptionAnswer.class, "As it is now."))
            .refuses(PAYMENT_DECLINED, CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(SubscriptionHandlers.class)::readAgain)
            .by(to -> to.get(SubscriptionHandlers.class)::resume));
  }

  SubscriptionHandlers(Subscriptions subscriptions) {
    this.subscriptions = subscriptions;
  }

  record SubscriptionAnswer(
      @Doc(value = "The provider's.", example = "sub_123") String id,

      @Doc(
          value = "As the provider holds it.",
          oneOf = {
            "incomplete",
            "incomplete_expired",
            "trialing",
            "active",
            "past_due",
            "unpaid",
            "paused",
            "canceled"
          })
      String status,

      @Doc("Null for a price that the catalog doesn't sell.") @Nullable
      String tier,

      String priceId,

      @Doc(
          value = "How often it is billed.",
          oneOf = {"monthly", "yearly"})
      @Nullable
      String interval,

      long quantity,
      Instant currentPeriodStart,
      Instant currentPeriodEnd,
      @Nullable Instant trialEnd,
      boolean cancelAtPeriodEnd,
      @Nullable Instant cancelAt,
      @Nullable Instant canceledAt,
      @Nullable Instant endedAt,
      @Doc("While payments are not collected.") @Nullable CollectionPauseAnswer collectionPaused,

      @Doc("What the payer must still do for a payment; it is no failure.") @Nullable
      PaymentActionAnswer paymentAction,

      @Nullable DiscountAnswer discount,

      @Doc("What it will sell from a later period on.") @Nullable
      ScheduledChangeAnswer scheduledChange) {
    static SubscriptionAnswer of(Subscription subscription) {
      return of(new Subscriptions.Shown(subscription, Optional.empty(), Optional.empty()));
    }

    static SubscriptionAnswer of(Subscriptions.Shown shown) {
      Subscription subscription = shown.subscription();
      Subscription.Item item = subscription.mainItem();
      return new SubscriptionAnswer(
          subscription.id(),
          subscription.status().code(),
          subscription.tier().orElse(null),
          item.priceId(),
          subscription.interval().map(BillingInterval::code).orElse(null),
          item.quantity(),
          subscription.currentPeriodStart(),
          subscription.currentPeriodEnd(),
          subscription.trialEnd().orElse(null),
          subscription.cancelAtPeriodEnd(),
          subscription.cancelAt().orElse(null),
          subscription.canceledAt().orElse(null),
          subscription.endedAt().orElse(null),
          subscription
              .collectionPaused()
              .map(pause -> CollectionPauseAnswer.of(pause, subscription))
              .orElse(null),
          shown.paymentAction().map(PaymentActionAnswer::of).orElse(null),
          subscription
              .discount()
              .map(discount -> DiscountAnswer.of(discount, item.currency()))
              .orElse(null),
          shown.scheduledChange().map(ScheduledChangeAnswer::of).orElse(null));
    }
  }

  record ScheduledChangeAnswer(
      @Doc("Null for a price that the catalog doesn't sell.") @Nullable
      String tier,

      String priceId,

      @Doc(
          value = "How often it will be billed.",
          oneOf = {"monthly", "yearly"})
      @Nullable
      String interval,

      long quantity,
      @Doc("When it takes effect.") Instant at) {
    private static ScheduledChangeAnswer of(ScheduledChange change) {
      return new ScheduledChangeAnswer(
          change.tier().orElse(null),
          change.priceId(),
          change.interval().map(BillingInterval::code).orElse(null),
          change.quantity(),
          change.at());
    }
  }

  record CollectionPauseAnswer(
      @Doc(
          value = "What becomes of invoices meanwhile.",
          oneOf = {"void", "keep_as_draft", "mark_uncollectible"})
      String behavior,

      @Nullable Instant resumesAt,

      @Doc(
          value = "Who paused; while an administrator's pause holds, the plan still entitles.",
          oneOf = {"user", "administrator"})
      String by,

      @Doc(
          "The renewal with which a user's pause begins, and the plan stops to entitle; else null.")
      @Nullable
      Instant startsAt) {
    private static CollectionPauseAnswer of(
        Subscription.CollectionPause pause, Subscription subscription) {
      Optional<SelfPause> own = subscription.pausedByUser();
      return new CollectionPauseAnswer(
          pause.behavior(),
          pause.resumesAt().orElse(null),
          own.isPresent() ? "user" : "administrator",
          own.map(SelfPause::since).orElse(null));
    }
  }

  record DiscountAnswer(
      @Doc("The provider's.") String couponId,
      @Doc("Either this or amountOff.") @Nullable BigDecimal percentOff,
      @Doc("Either this or percentOff.") @Nullable MoneyAnswer amountOff,
      @Doc("Null if it stays.") @Nullable Instant endsAt) {
    private static DiscountAnswer of(Subscription.Discount discount, String currency) {
      return new DiscountAnswer(
          discount.couponId(),
          discount.percentOff().orElse(null),
          discount.amountOff().map(amount -> new MoneyAnswer(amount, currency)).orElse(null),
          discount.endsAt().orElse(null));
    }
  }

  record CancelRequest(
      @Doc(
          value = "At once, or when the paid period ends.",
          oneOf = {"now", "period_end"})
      String when,

      @Doc("In the user's words.") @Nullable String reason) {}

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        subscriptions.list(call.account(), status(call), page.after(), page.lookahead()),
        Subscription::id,
        shown(call)));
  }

  /** Those that are not over, as the applications expect that came before this contract. */
  Answer listLive(Call call) {
    if (call.query("status").isPresent()) {
      return list(call);
    }
    PageRequest page = call.page();
    List<Subscription> live = new ArrayList<>();
    Optional<String> after = page.after();
    while (live.size() < page.lookahead()) {
      List<Subscription> more =
          subscriptions.list(call.account(), Optional.empty(), after, PageRequest.MAX_LIMIT);
      more.stream()
          .filter(subscription -> subscription.status().live())
          .limit((long) page.lookahead() - live.size())
          .forEach(live::add);
      if (more.size() < PageRequest.MAX_LIMIT) {
        break;
      }
      after = Optional.of(more.get(more.size() - 1).id());
    }
    return Answer.ok(page.render(live, Subscription::id, shown(call)));
  }

  Answer read(Call call) {
    return Answer.ok(shown(call, subscriptions.get(call.account(), call.id("id"))));
  }

  Answer cancel(Call call) {
    CancelRequest request = call.body(CancelRequest.class);
    Cancellation when = Optional.ofNullable(request.when())
        .flatMap(Cancellation::of)
        .orElseThrow(() -> ValidationFailed.of("when", "must be now or period_end"));
    Optional<String> reason = RequestFields.text("reason", request.reason());
    return Answer.ok(
        shown(call, subscriptions.cancel(call.account(), call.id("id"), when, reason)));
  }

  Answer resume(Call call) {
    return Answer.ok(shown(call, subscriptions.resume(call.account(), call.id("id"))));
  }

  /** The subscription as it is now, for the replay of an answer that was one. */
  Answer readAgain(Call call, String kept) {
    String id = Json.field(kept, "id").orElseThrow();
    return Answer.ok(shown(call, subscriptions.get(call.account(), id)));
  }

  private SubscriptionAnswer shown(Call call, Subscription subscription) {
    return shown(call).apply(subscription);
  }

  private Function<Subscription, SubscriptionAnswer> shown(Call call) {
    return subscriptions.showing(call.account()).andThen(SubscriptionAnswer::of);
  }

  private static Optional<SubscriptionStatus> status(Call call) {
    Optional<String> code = call.query("status");
    Optional<SubscriptionStatus> status = code.flatMap(SubscriptionStatus::of);
    if (code.isPresent() && status.isEmpty()) {
      throw ValidationFailed.of("status", "'" + code.get() + "' is not a status");
    }
    return status;
  }
}
