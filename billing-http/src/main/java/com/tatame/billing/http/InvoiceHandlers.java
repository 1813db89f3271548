package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.PAYMENT_DECLINED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceDetails;
import com.tatame.billing.invoice.Invoices;
import com.tatame.billing.invoice.Invoices.Shown;
import com.tatame.billing.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The caller's invoices. */
final class InvoiceHandlers {
  static final String PATH = "/api/v1/invoices";

  private final Invoices invoices;

  static List<Route> routes() {
    return List.of(
        get(PATH, SIGNED_IN)
            .is("Invoices", "The caller's invoices")
            .paged()
            .answers(pageOf(InvoiceAnswer.class, "Newest first."))
            .by(to -> to.get(InvoiceHandlers.class)::list),
        get(PATH + "/{id}", SIGNED_IN)
            .is("Invoices", "One of the caller's invoices")
            .answers(reply(200, InvoiceAnswer.class, "The invoice."))
            .refuses(PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(InvoiceHandlers.class)::read),
        post(PATH + "/{id}/pay", SIGNED_IN, BILLING)
            .is("Invoices", "Charge an invoice to the payment method on file")
            .answers(
                reply(200, InvoiceAnswer.class, "As it is now: paid, or with a paymentAction."))
            .refuses(PAYMENT_DECLINED, CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.get(InvoiceHandlers.class)::payAgain)
            .by(to -> to.get(InvoiceHandlers.class)::pay));
  }

  InvoiceHandlers(Invoices invoices) {
    this.invoices = invoices;
  }

  record InvoiceAnswer(
      @Doc(value = "The provider's.", example = "in_123") String id,
      @Doc("Null for a draft.") @Nullable String number,

      @Doc(
          value = "As the provider holds it.",
          oneOf = {"draft", "open", "paid", "void", "uncollectible"})
      String status,

      @Nullable String subscriptionId,
      @Doc("With tax.") MoneyAnswer total,
      @Doc("After credit.") MoneyAnswer amountDue,
      MoneyAnswer amountPaid,

      @Doc("In the total; null in a list while the provider can't be reached.") @Nullable
      MoneyAnswer tax,

      @Doc("Null in a list while the provider can't be reached.") @Nullable
      List<InvoiceLineAnswer> lines,

      @Doc("Where it can be seen and paid; null for a draft.") @Nullable @Secret
      String hostedUrl,

      @Doc("Ends by itself, so ask for it when it is wanted; null for a draft.") @Nullable @Secret
      String pdfUrl,

      Instant createdAt,
      @Nullable Instant paidAt,
      @Doc("When the provider charges it next.") @Nullable Instant nextPaymentAttempt,
      @Doc("What the payer must do.") @Nullable PaymentActionAnswer paymentAction) {
    static InvoiceAnswer of(Shown shown) {
      Invoice invoice = shown.invoice();
      Optional<InvoiceDetails> details = shown.details();
      return new InvoiceAnswer(
          invoice.id(),
          invoice.number().orElse(null),
          invoice.status().code(),
          invoice.subscriptionId().orElse(null),
          money(invoice, invoice.total()),
          money(invoice, invoice.amountDue()),
          money(invoice, invoice.amountPaid()),
          details.map(known -> money(invoice, known.tax())).orElse(null),
          details.map(known -> lines(known)).orElse(null),
          details.flatMap(InvoiceDetails::hostedUrl).orElse(null),
          details.flatMap(InvoiceDetails::pdfUrl).orElse(null),
          invoice.createdAt(),
          invoice.paidAt().orElse(null),
          invoice.nextPaymentAttempt().orElse(null),
          details
              .flatMap(InvoiceDetails::paymentAction)
              .map(PaymentActionAnswer::of)
              .orElse(null));
    }

    private static List<InvoiceLineAnswer> lines(InvoiceDetails details) {
      return details.lines().stream().map(InvoiceLineAnswer::of).toList();
    }

    private static MoneyAnswer money(Invoice invoice, long amount) {
      return MoneyAnswer.of(new Money(amount, invoice.currency()));
    }
  }

  record InvoiceLineAnswer(
      @Nullable String description,
      @Doc("Before tax; negative for a credit.") MoneyAnswer amount,
      @Nullable Long quantity,
      @Nullable String priceId,

      @Doc("Whether it is part of a change within a period.")
      boolean proration,

      Instant periodStart,
      Instant periodEnd) {
    static InvoiceLineAnswer of(InvoiceDetails.Line line) {
      return new InvoiceLineAnswer(
          line.description().orElse(null),
          MoneyAnswer.of(line.amount()),
          line.quantity().orElse(null),
          line.priceId().orElse(null),
          line.proration(),
          line.periodStart(),
          line.periodEnd());
    }
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        invoices.list(call.account(), page.after(), page.lookahead()),
        shown -> shown.invoice().id(),
        InvoiceAnswer::of));
  }

  Answer read(Call call) {
    return Answer.ok(InvoiceAnswer.of(invoices.get(call.account(), call.id("id"))));
  }

  Answer pay(Call call) {
    return Answer.ok(InvoiceAnswer.of(invoices.pay(call.account(), call.id("id"))));
  }

  /** The invoice that was paid, for a replay. */
  Answer payAgain(Call call, String kept) {
    return read(call);
  }
}
