package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.ALREADY_OWNED;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.CURRENCY_FIXED;
import static com.tatame.billing.http.ProblemCode.PAYMENT_DECLINED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.money.Money;
import com.tatame.billing.purchase.ItemPayments;
import com.tatame.billing.purchase.ItemPayments.Begun;
import com.tatame.billing.purchase.ItemPayments.Payment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Payments on a page of the application's own. */
final class PaymentIntentHandlers {
  static final String PATH = "/api/v1/payment-intents";

  private final ItemPayments payments;

  static List<Route> routes() {
    return List.of(
        post(PATH, SIGNED_IN, BILLING)
            .is("Payments", "Begin a payment on a page of your own")
            .takes(NewPaymentIntent.class)
            .answers(reply(201, PaymentIntentAnswer.class, "It waits for its payer."))
            .refuses(
                PAYMENT_DECLINED,
                CONFLICT,
                ALREADY_OWNED,
                CURRENCY_FIXED,
                PROVIDER_REJECTED,
                PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(PaymentIntentHandlers.class)::createAgain)
            .by(to -> to.get(PaymentIntentHandlers.class)::create),
        get(PATH + "/{id}", SIGNED_IN)
            .is("Payments", "One of the caller's payments, as the provider holds it now")
            .answers(reply(200, PaymentIntentAnswer.class, "The payment."))
            .refuses(PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(PaymentIntentHandlers.class)::read));
  }

  PaymentIntentHandlers(ItemPayments payments) {
    this.payments = payments;
  }

  record NewPaymentIntent(
      @Doc(value = "An item of the catalog, at what it costs the caller.", example = "quiz-17")
      @Nullable
      String item,

      @Doc("Instead of an item, in minor units; for administrators and API keys.") @Nullable
      Long amount,

      @Doc(
          value =
              "With amount: ISO 4217, lower case. Of an item: one of those in which it is sold; the account's if missing, or else the catalog's.",
          example = "usd")
      @Nullable
      String currency,

      @Doc("With amount: who pays. An API key's X-Account-Id if missing.") @Nullable
      String accountId) {}

  record PaymentIntentAnswer(
      @Doc(value = "The provider's; null for what is free.", example = "pi_123") @Nullable
      String id,

      @Doc(
          value = "How far it got.",
          oneOf = {
            "requires_payment_method",
            "requires_confirmation",
            "requires_action",
            "processing",
            "requires_capture",
            "succeeded",
            "canceled"
          })
      String status,

      MoneyAnswer amount,

      @Doc("With which the payer's page goes on; null where there is nothing to go on with.")
      @Nullable
      @Secret
      String clientSecret,

      @Doc("Of an item.") @Nullable String purchaseId) {
    static PaymentIntentAnswer of(Payment payment) {
      return new PaymentIntentAnswer(
          payment.intent().id(),
          payment.intent().status().code(),
          MoneyAnswer.of(payment.intent().money()),
          payment.clientSecret().orElse(null),
          payment.intent().sale().map(ItemSale::purchaseId).orElse(null));
    }
  }

  Answer create(Call call) {
    NewPaymentIntent wanted = call.body(NewPaymentIntent.class);
    Begun begun = wanted.item() == null
        ? raw(call.principal(), wanted)
        : payments.begin(
            call.principal(),
            item(wanted),
            RequestFields.text("currency", wanted.currency()),
            RequestFields.idempotencyKey(call, null));
    return begun
        .payment()
        .map(payment ->
            Answer.created(PATH + "/" + payment.intent().id(), PaymentIntentAnswer.of(payment)))
        .orElseGet(() -> begun
            .free()
            .map(free -> Answer.created(
                PurchaseHandlers.PATH + "/" + free.id(),
                new PaymentIntentAnswer(
                    null, "succeeded", MoneyAnswer.of(free.amount()), null, free.id())))
            .orElseThrow());
  }

  /** The payment as the provider holds it now, for a replay. */
  Answer createAgain(Call call, String kept) {
    String id = Json.field(kept, "id").orElseThrow();
    NewPaymentIntent wanted = call.body(NewPaymentIntent.class);
    AccountId payer =
        Optional.ofNullable(wanted.accountId()).map(AccountId::new).orElseGet(call::account);
    return Answer.ok(PaymentIntentAnswer.of(payments.get(payer, id)));
  }

  Answer read(Call call) {
    return Answer.ok(PaymentIntentAnswer.of(payments.get(call.account(), call.id("id"))));
  }

  private static String item(NewPaymentIntent wanted) {
    if (wanted.amount() != null || wanted.accountId() != null) {
      throw ValidationFailed.of("item", "send either item, or amount, currency and accountId");
    }
    return RequestFields.text("item", wanted.item()).orElse("");
  }

  private Begun raw(Principal caller, NewPaymentIntent wanted) {
    List<FieldError> errors = new ArrayList<>();
    if (wanted.amount() == null) {
      errors.add(new FieldError("item", "is required"));
      throw new ValidationFailed(errors);
    }
    if (!caller.administrator() && !caller.isApiKey()) {
      throw new Forbidden("Only an administrator or an API key may name an amount; send an item.");
    }
    if (wanted.currency() == null || !wanted.currency().matches("[a-z]{3}")) {
      errors.add(new FieldError("currency", "must be three lower-case letters, such as usd"));
    }
    Optional<String> account = RequestFields.text("accountId", wanted.accountId());
    if (account.isEmpty() && !caller.isApiKey()) {
      errors.add(new FieldError("accountId", "is required with amount"));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
    AccountId payer = account.map(AccountId::new).orElse(caller.account());
    if (caller.isApiKey() && !payer.equals(caller.account())) {
      throw ValidationFailed.of("accountId", "must be the one that X-Account-Id names");
    }
    return payments.begin(
        payer, new Money(wanted.amount(), Objects.requireNonNull(wanted.currency())));
  }
}
