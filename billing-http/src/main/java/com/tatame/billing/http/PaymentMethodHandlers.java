package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.LAST_PAYMENT_METHOD;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.SavedPaymentMethods;
import com.tatame.billing.payment.SavedPaymentMethods.Saved;
import com.tatame.billing.payment.SavedPaymentMethods.Setup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the caller pays. */
final class PaymentMethodHandlers {
  static final String PATH = "/api/v1/payment-methods";

  private final SavedPaymentMethods methods;

  static List<Route> routes() {
    return List.of(
        get(PATH, SIGNED_IN)
            .is("Payment methods", "How the caller can pay")
            .paged()
            .answers(pageOf(PaymentMethodAnswer.class, "Newest first."))
            .refuses(PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(PaymentMethodHandlers.class)::list),
        post(PATH, SIGNED_IN, BILLING)
            .is("Payment methods", "Begin to save another one")
            .answers(reply(201, SetupAnswer.class, "Go on with the provider's library."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(PaymentMethodHandlers.class)::addAgain)
            .by(to -> to.get(PaymentMethodHandlers.class)::add),
        delete(PATH + "/{id}", SIGNED_IN, BILLING)
            .is("Payment methods", "Remove one for good")
            .answers(none("It is removed."))
            .refuses(LAST_PAYMENT_METHOD, CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(PaymentMethodHandlers.class)::remove),
        post(PATH + "/{id}/default", SIGNED_IN, BILLING)
            .is("Payment methods", "Charge this one from now on")
            .answers(reply(200, PaymentMethodAnswer.class, "It is the default."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(PaymentMethodHandlers.class)::makeDefault));
  }

  PaymentMethodHandlers(SavedPaymentMethods methods) {
    this.methods = methods;
  }

  record PaymentMethodAnswer(
      @Doc(value = "The provider's.", example = "pm_123") String id,

      @Doc(value = "Such as card or sepa_debit.", example = "card")
      String type,

      @Doc(value = "Of a card.", example = "visa") @Nullable String brand,

      @Doc(value = "Where it has a number.", example = "4242") @Nullable
      String last4,

      @Doc("1 to 12, of a card.") @Nullable Integer expMonth,
      @Doc("Four digits, of a card.") @Nullable Integer expYear,
      @Doc("Whether the next invoice is charged to it.") boolean isDefault) {
    static PaymentMethodAnswer of(Saved saved) {
      PaymentMethod method = saved.method();
      return new PaymentMethodAnswer(
          method.id(),
          method.type(),
          method.brand().orElse(null),
          method.last4().orElse(null),
          method.expiryMonth().orElse(null),
          method.expiryYear().orElse(null),
          saved.isDefault());
    }
  }

  record SetupAnswer(
      @Doc(value = "The provider's.", example = "seti_123") String setupIntentId,

      @Doc("For the provider's library in the application, which saves the payment method with it.")
      @Secret
      String clientSecret) {}

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        methods.list(call.account(), page.after(), page.lookahead()),
        saved -> saved.method().id(),
        PaymentMethodAnswer::of));
  }

  Answer add(Call call) {
    Setup setup = methods.add(call.principal());
    return Answer.created(PATH, new SetupAnswer(setup.setupIntentId(), setup.clientSecret()));
  }

  Answer addAgain(Call call, String kept) {
    Setup setup =
        methods.setup(call.account(), Json.field(kept, "setupIntentId").orElseThrow());
    return Answer.created(PATH, new SetupAnswer(setup.setupIntentId(), setup.clientSecret()));
  }

  Answer remove(Call call) {
    methods.remove(call.account(), call.id("id"));
    return Answer.noContent();
  }

  Answer makeDefault(Call call) {
    return Answer.ok(PaymentMethodAnswer.of(methods.makeDefault(call.account(), call.id("id"))));
  }
}
