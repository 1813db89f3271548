package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.ALREADY_OWNED;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.CURRENCY_FIXED;
import static com.tatame.billing.http.ProblemCode.PAYMENT_DECLINED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.ProblemCode.RATE_LIMITED;
import static com.tatame.billing.http.ProblemCode.SUBSCRIPTION_EXISTS;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CheckoutPages;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.checkout.Checkouts.Opened;
import com.tatame.billing.checkout.Checkouts.Sold;
import com.tatame.billing.checkout.Checkouts.TrialTerms;
import com.tatame.billing.checkout.Confirmation;
import com.tatame.billing.checkout.ItemRequest;
import com.tatame.billing.command.Pause;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.http.PurchaseHandlers.PurchaseAnswer;
import com.tatame.billing.http.SubscriptionHandlers.SubscriptionAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Selling subscriptions and items, and the page after the payment. */
final class CheckoutHandlers {
  private static final List<Duration> WAITS = List.of(
      Duration.ofMillis(250),
      Duration.ofMillis(500),
      Duration.ofMillis(1000),
      Duration.ofMillis(1500));
  private static final String RETRY_SECONDS = "2";

  private final Checkouts checkouts;
  private final Supplier<Catalog> catalog;
  private final Pause pause;
  private final CodeGuessLimit guesses;

  static List<Route> routes() {
    return List.of(
        post("/api/v1/checkout", SIGNED_IN, BILLING)
            .orAnonymous()
            .is("Checkout", "Open a checkout for a subscription or an item")
            .takes(NewCheckout.class)
            .answers(
                reply(200, CheckoutAnswer.class, "An equal one is open already."),
                reply(201, CheckoutAnswer.class, "It is new, or bought for nothing."))
            .refuses(
                PAYMENT_DECLINED,
                CONFLICT,
                SUBSCRIPTION_EXISTS,
                ALREADY_OWNED,
                CURRENCY_FIXED,
                PROVIDER_REJECTED,
                RATE_LIMITED,
                PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(CheckoutHandlers.class)::openAgain)
            .by(to -> to.get(CheckoutHandlers.class)::open),
        post("/api/v1/checkout/{sessionId}/confirm", SIGNED_IN, NONE)
            .orAnonymous()
            .is("Checkout", "How a checkout ended; waits a few seconds for it")
            .answers(
                reply(200, ConfirmationAnswer.class, "It has ended."),
                reply(202, ConfirmationAnswer.class, "Not yet known; ask again."))
            .refuses(PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(CheckoutHandlers.class)::confirmAgain)
            .by(to -> to.get(CheckoutHandlers.class)::confirm));
  }

  CheckoutHandlers(
      Checkouts checkouts, Supplier<Catalog> catalog, Pause pause, CodeGuessLimit guesses) {
    this.checkouts = checkouts;
    this.catalog = catalog;
    this.pause = pause;
    this.guesses = guesses;
  }

  record NewCheckout(
      @Doc(value = "A tier of the catalog; with interval.", example = "pro") @Nullable
      String tier,

      @Doc(
          value = "How often to be billed.",
          oneOf = {"monthly", "yearly"})
      @Nullable
      String interval,

      @Doc("Instead of tier and interval.") @Nullable String priceId,
      @Doc("1 if missing.") @Nullable Long quantity,

      @Doc(
          value = "Where to go after the payment; {CHECKOUT_SESSION_ID} is replaced.",
          example = "https://app.example.com/paid?session={CHECKOUT_SESSION_ID}")
      String successUrl,

      @Doc(value = "Where to go without one.", example = "https://app.example.com/plans")
      String cancelUrl,

      @Doc("Of a new customer; the token's if missing.") @Nullable
      String email,

      @Doc("If it is sent, it must be the caller's account.") @Nullable
      String userId,

      @Doc(
          value =
              "Something that is bought once, instead of tier, interval and priceId, at what it costs under the caller's plan.",
          example = "quiz-17")
      @Nullable
      String item,

      @Doc(
          value =
              "Of those in which it is sold; the account's if missing, or else the catalog's. An account pays in one currency, that of its first purchase.",
          example = "eur")
      @Nullable
      String currency,

      @Doc("Its discount is given; without one the payer may type one on the page.") @Nullable
      String promotionCode) {}

  /** A checkout of which the catalog knows what is left out. */
  record CreateSubscription(
      @Doc("A tier of the catalog; the only one that is sold if missing.") @Nullable
      String tier,

      @Doc(
          value = "How often to be billed; the only interval of the tier if missing.",
          oneOf = {"monthly", "yearly"})
      @Nullable
      String interval,

      @Doc("Instead of tier and interval.") @Nullable String priceId,
      @Doc("1 if missing.") @Nullable Long quantity,

      @Doc(
          "Where to go after the payment; {CHECKOUT_SESSION_ID} is replaced. The catalog's if missing.")
      @Nullable
      String successUrl,

      @Doc("Where to go without one; the catalog's if missing.") @Nullable
      String cancelUrl,

      @Doc("Of a new customer; the token's if missing.") @Nullable
      String email,

      @Doc("If it is sent, it must be the caller's account.") @Nullable
      String userId,

      @Doc("Something that is bought once, instead of a tier.") @Nullable
      String item,

      @Doc("Of those in which it is sold.") @Nullable String currency,
      @Doc("Its discount is given.") @Nullable String promotionCode) {
    NewCheckout by(Catalog catalog) {
      Optional<Plan> plan = tier == null && priceId == null && item == null
          ? catalog.onlyPlanForSale()
          : Optional.ofNullable(tier).flatMap(catalog::plan);
      Optional<String> onlyInterval = plan.flatMap(Plan::onlyInterval).map(BillingInterval::code);
      return new NewCheckout(
          tier == null ? plan.map(Plan::tier).orElse(null) : tier,
          interval == null ? onlyInterval.orElse(null) : interval,
          priceId,
          quantity,
          or(successUrl, catalog.checkout().map(CheckoutPages::successUrl)),
          or(cancelUrl, catalog.checkout().map(CheckoutPages::cancelUrl)),
          email,
          userId,
          item,
          currency,
          promotionCode);
    }

    // An empty text is refused as missing.
    private static String or(@Nullable String sent, Optional<String> known) {
      return sent == null ? known.orElse("") : sent;
    }
  }

  record CheckoutAnswer(
      @Doc(value = "The provider's; null for what is free.", example = "cs_123") @Nullable
      String sessionId,

      @Doc("Where the payer goes; null for what is free.") @Nullable @Secret
      String url,

      @Nullable Instant expiresAt,

      @Doc("What was bought, if there was nothing to pay: its amount is 0 and its status paid.")
      @Nullable
      PurchaseAnswer purchase,

      @Doc("Days of trial that the session gives; null for what is bought once.") @Nullable
      Integer trialDays,

      @Doc(
          "Whether there are none because the person has had a trial; null for what is bought once.")
      @Nullable
      Boolean trialUsed) {}

  /** What was sold, and with which trial if it is a subscription. */
  private record Deal(Sold sold, Optional<TrialTerms> trial) {}

  /** What the applications expect that came before this contract. */
  record ShortCheckoutAnswer(
      @Nullable String sessionId, @Nullable @Secret String url) {}

  record ConfirmationAnswer(
      @Doc(
          value = "A started trial is paid.",
          oneOf = {"paid", "pending", "failed", "expired"})
      String status,

      @Doc("What was subscribed to, once it is known.") @Nullable
      SubscriptionAnswer subscription,

      @Doc("What was bought once, as soon as it is known.") @Nullable
      PurchaseAnswer purchase) {}

  Answer open(Call call) {
    Deal deal = deal(call, call.body(NewCheckout.class));
    Sold sold = deal.sold();
    return answer(
        sold,
        new CheckoutAnswer(
            sold.session().map(CheckoutSession::id).orElse(null),
            sold.url().orElse(null),
            sold.session().map(CheckoutSession::expiresAt).orElse(null),
            sold.free().map(PurchaseAnswer::of).orElse(null),
            deal.trial().map(TrialTerms::days).orElse(null),
            deal.trial().map(TrialTerms::used).orElse(null)));
  }

  Answer openShort(Call call) {
    return shortAnswer(deal(call, call.body(NewCheckout.class)).sold());
  }

  /** As {@link #openShort}, where the catalog stands in for what the body leaves out. */
  Answer openOnlyPlan(Call call) {
    CreateSubscription sent = call.optionalBody(CreateSubscription.class);
    if (call.principal().isAnonymous() && sent.item() == null) {
      throw ValidationFailed.of("item", "is required without signing in: visitors buy items");
    }
    NewCheckout wanted = sent.by(catalog.get());
    return shortAnswer(deal(call, wanted).sold());
  }

  private static Answer shortAnswer(Sold sold) {
    return answer(
        sold,
        new ShortCheckoutAnswer(
            sold.session().map(CheckoutSession::id).orElse(null), sold.url().orElse(null)));
  }

  /** The session that was opened, with its address if it is still open, for a replay. */
  Answer openAgain(Call call, String kept) {
    Optional<String> url =
        Json.field(kept, "sessionId").flatMap(id -> checkouts.url(call.account(), id));
    return new Answer(200, Answer.JSON, Json.with(kept, "url", url), Map.of());
  }

  Answer confirmAgain(Call call, String kept) {
    return confirm(call);
  }

  /** Looks again for a few seconds, so that the page after the payment is never too early. */
  Answer confirm(Call call) {
    AccountId account = call.account();
    String sessionId = call.id("sessionId");
    Confirmation confirmation = checkouts.confirm(account, sessionId);
    for (Duration wait : WAITS) {
      if (confirmation.status() != Confirmation.Status.PENDING) {
        break;
      }
      pause.pause(wait);
      confirmation = checkouts.confirm(account, sessionId);
    }
    ConfirmationAnswer body = new ConfirmationAnswer(
        confirmation.status().code(),
        confirmation.subscription().map(SubscriptionAnswer::of).orElse(null),
        confirmation.purchase().map(PurchaseAnswer::of).orElse(null));
    return confirmation.status() == Confirmation.Status.PENDING
        ? Answer.json(202, body).with("Retry-After", RETRY_SECONDS)
        : Answer.ok(body);
  }

  private Deal deal(Call call, NewCheckout wanted) {
    if (wanted.userId() != null
        && !call.principal().isApiKey()
        && !wanted.userId().equals(call.account().value())) {
      throw new Forbidden("userId is not the caller's account.");
    }
    Principal caller = call.principal();
    if (wanted.item() != null) {
      return new Deal(
          checkouts.open(caller, itemRequest(wanted, RequestFields.idempotencyKey(call, null))),
          Optional.empty());
    }
    if (caller.isAnonymous()) {
      throw new Forbidden("Sign in to subscribe; without that, send an item.");
    }
    CheckoutRequest request = request(wanted);
    Opened opened = request.promotionCode().isPresent()
        ? guesses.attempt(call, () -> checkouts.open(caller, request), any -> false)
        : checkouts.open(caller, request);
    return new Deal(
        new Sold(Optional.of(opened.session()), opened.url(), Optional.empty(), opened.created()),
        Optional.of(opened.trial()));
  }

  private static Answer answer(Sold sold, Object body) {
    if (!sold.created()) {
      return Answer.ok(body);
    }
    return Answer.created(
        sold.free()
            .map(free -> PurchaseHandlers.PATH + "/" + free.id())
            .orElseGet(() -> "/api/v1/checkout/" + sold.session().orElseThrow().id() + "/confirm"),
        body);
  }

  private static ItemRequest itemRequest(NewCheckout wanted, Optional<String> key) {
    List<FieldError> errors = commonErrors(wanted);
    if (wanted.tier() != null || wanted.interval() != null || wanted.priceId() != null) {
      errors.add(new FieldError("item", "send either item, or what is subscribed to"));
    }
    if (wanted.quantity() != null && wanted.quantity() != 1) {
      errors.add(new FieldError("quantity", "must be 1 for an item"));
    }
    // Leaving it out silently would sell at another price.
    if (wanted.promotionCode() != null) {
      errors.add(new FieldError("promotionCode", "codes are for subscriptions, not for items"));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
    return new ItemRequest(
        RequestFields.text("item", wanted.item()).orElse(""),
        wanted.successUrl(),
        wanted.cancelUrl(),
        RequestFields.text("currency", wanted.currency()),
        RequestFields.email("email", wanted.email()),
        key);
  }

  private static List<FieldError> commonErrors(NewCheckout wanted) {
    List<FieldError> errors = new ArrayList<>();
    requireText(errors, "successUrl", wanted.successUrl());
    requireText(errors, "cancelUrl", wanted.cancelUrl());
    return errors;
  }

  private static CheckoutRequest request(NewCheckout wanted) {
    List<FieldError> errors = commonErrors(wanted);
    Optional<BillingInterval> interval =
        Optional.ofNullable(wanted.interval()).flatMap(BillingInterval::of);
    if (wanted.interval() != null && interval.isEmpty()) {
      errors.add(new FieldError("interval", "must be monthly or yearly"));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
    return new CheckoutRequest(
        RequestFields.text("tier", wanted.tier()),
        interval,
        RequestFields.text("priceId", wanted.priceId()),
        wanted.quantity() == null ? 1 : wanted.quantity(),
        wanted.successUrl(),
        wanted.cancelUrl(),
        RequestFields.email("email", wanted.email()),
        RequestFields.text("promotionCode", wanted.promotionCode()).map(String::strip),
        RequestFields.text("currency", wanted.currency()));
  }

  // A missing field of the body is null here, whatever its type says.
  private static void requireText(List<FieldError> errors, String field, @Nullable String value) {
    if (value == null || value.isBlank()) {
      errors.add(new FieldError(field, "is required"));
    } else if (value.length() > 2048) {
      errors.add(new FieldError(field, "must have at most 2048 characters"));
    }
  }
}
