package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Effect.BILLING;
import static com.tatame.billing.http.Effect.NONE;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.LAST_PAYMENT_METHOD;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.PAYMENT_DECLINED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.ProblemCode.RATE_LIMITED;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;

import com.tatame.billing.http.CouponHandlers.CodeToApply;
import com.tatame.billing.http.CouponHandlers.CodeToValidate;
import com.tatame.billing.http.CouponHandlers.CouponsAnswer;
import com.tatame.billing.http.CouponHandlers.ValidityAnswer;
import com.tatame.billing.http.InvoiceHandlers.InvoiceAnswer;
import com.tatame.billing.http.PaymentMethodHandlers.PaymentMethodAnswer;
import com.tatame.billing.http.PaymentMethodHandlers.SetupAnswer;
import com.tatame.billing.http.PortalHandlers.NewPortalVisit;
import com.tatame.billing.http.PortalHandlers.PortalAnswer;
import com.tatame.billing.http.SubscriptionHandlers.SubscriptionAnswer;
import com.tatame.billing.http.TaxHandlers.NewTaxId;
import com.tatame.billing.http.TaxHandlers.TaxIdAnswer;
import com.tatame.billing.http.TaxHandlers.TaxPreviewAnswer;
import com.tatame.billing.http.TaxHandlers.TaxPreviewRequest;
import java.util.List;
import java.util.stream.Stream;

/** The part of the table that is about how an account pays and what it owes. */
final class MoneyRoutes {
  private static final String ROOT = "/api/v1";

  private MoneyRoutes() {}

  static List<Route> canonical() {
    return List.of(
        get(PaymentMethodHandlers.PATH, SIGNED_IN)
            .is("Payment methods", "How the caller can pay")
            .paged()
            .answers(pageOf(PaymentMethodAnswer.class, "Newest first."))
            .refuses(PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.paymentMethods()::list),
        post(PaymentMethodHandlers.PATH, SIGNED_IN, BILLING)
            .is("Payment methods", "Begin to save another one")
            .answers(reply(201, SetupAnswer.class, "Go on with the provider's library."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.paymentMethods()::addAgain)
            .by(to -> to.paymentMethods()::add),
        delete(PaymentMethodHandlers.PATH + "/{id}", SIGNED_IN, BILLING)
            .is("Payment methods", "Remove one for good")
            .answers(none("It is removed."))
            .refuses(LAST_PAYMENT_METHOD, CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.paymentMethods()::remove),
        post(PaymentMethodHandlers.PATH + "/{id}/default", SIGNED_IN, BILLING)
            .is("Payment methods", "Charge this one from now on")
            .answers(reply(200, PaymentMethodAnswer.class, "It is the default."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.paymentMethods()::makeDefault),
        post(PortalHandlers.PATH, SIGNED_IN, BILLING)
            .is("Portal", "Open the payment provider's own page for the caller")
            .takes(NewPortalVisit.class)
            .answers(reply(201, PortalAnswer.class, "Send the payer there now."))
            .refuses(NOT_FOUND, CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.portal()::openAgain)
            .by(to -> to.portal()::open),
        post(TaxHandlers.PREVIEW, SIGNED_IN, NONE)
            .is("Tax", "What a plan comes to with its tax")
            .takes(TaxPreviewRequest.class)
            .answers(reply(200, TaxPreviewAnswer.class, "Nothing is bought, and nothing kept."))
            .refuses(PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.taxes()::preview),
        get(TaxHandlers.IDS, SIGNED_IN)
            .is("Tax", "The caller's numbers with tax authorities")
            .paged()
            .answers(pageOf(TaxIdAnswer.class, "Newest first."))
            .by(to -> to.taxes()::list),
        post(TaxHandlers.IDS, SIGNED_IN, BILLING)
            .is("Tax", "Note such a number")
            .takes(NewTaxId.class)
            .answers(reply(201, TaxIdAnswer.class, "It is noted, and verified in time."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.taxes()::add),
        delete(TaxHandlers.IDS + "/{id}", SIGNED_IN, BILLING)
            .is("Tax", "Forget such a number")
            .answers(none("It is forgotten."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.taxes()::remove),
        get(CouponHandlers.PATH, SIGNED_IN)
            .is("Coupons", "The discounts that everybody may see")
            .answers(reply(200, CouponsAnswer.class, "In the catalog's order."))
            .by(to -> to.coupons()::list),
        post(CouponHandlers.PATH + "/validate", SIGNED_IN, NONE)
            .is("Coupons", "Whether the caller can use a code, or why not")
            .takes(CodeToValidate.class)
            .answers(reply(200, ValidityAnswer.class, "As of now; nothing is claimed."))
            .refuses(PROVIDER_REJECTED, RATE_LIMITED, PROVIDER_UNAVAILABLE)
            .by(to -> to.coupons()::validate),
        post(CouponHandlers.PATH + "/apply", SIGNED_IN, BILLING)
            .is("Coupons", "Discount a subscription by a code")
            .takes(CodeToApply.class)
            .answers(reply(200, SubscriptionAnswer.class, "As it is now."))
            .refuses(NOT_FOUND, CONFLICT, PROVIDER_REJECTED, RATE_LIMITED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.subscriptions()::readAgain)
            .by(to -> to.coupons()::apply),
        get(InvoiceHandlers.PATH, SIGNED_IN)
            .is("Invoices", "The caller's invoices")
            .paged()
            .answers(pageOf(InvoiceAnswer.class, "Newest first."))
            .by(to -> to.invoices()::list),
        get(InvoiceHandlers.PATH + "/{id}", SIGNED_IN)
            .is("Invoices", "One of the caller's invoices")
            .answers(reply(200, InvoiceAnswer.class, "The invoice."))
            .refuses(PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.invoices()::read),
        post(InvoiceHandlers.PATH + "/{id}/pay", SIGNED_IN, BILLING)
            .is("Invoices", "Charge an invoice to the payment method on file")
            .answers(
                reply(200, InvoiceAnswer.class, "As it is now: paid, or with a paymentAction."))
            .refuses(PAYMENT_DECLINED, CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.invoices()::payAgain)
            .by(to -> to.invoices()::pay));
  }

  /** The paths of the applications that came before this contract. */
  static List<Route> aliases() {
    return canonical().stream()
        .filter(route -> !route.tag().equals("Tax"))
        .flatMap(route -> {
          String path = "/stripe" + route.path().substring(ROOT.length());
          return Stream.of(path, ROOT + path).map(old -> route.alias(old));
        })
        .toList();
  }
}
