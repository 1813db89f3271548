package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.stripe.net.RequestOptions;
import com.stripe.param.InvoiceLineItemListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.InvoiceRetrieveParams;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.invoice.InvoiceDetails;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lists, details and pays invoices. */
final class StripeInvoices implements InvoiceControl {
  private static final String LIST = "invoices.list";
  private static final String DETAILS = "invoices.details";
  private static final String LINES = "invoices.lines";
  private static final String PAY = "invoices.pay";
  private static final long PAGE = 100;
  private static final String PAYMENTS = "payments.data.payment.payment_intent";

  /** How Stripe says that nothing was refused, and the owner is to confirm. */
  private static final Set<String> NEEDS_OWNER =
      Set.of("invoice_payment_intent_requires_action", "authentication_required");

  private final StripeCalls calls;
  private final StripeReads reads;

  StripeInvoices(StripeCalls calls, StripeReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public List<Observation> ofCustomer(String customerId) {
    return reads.all(LIST, ObjectKind.INVOICE, after -> {
      InvoiceListParams params = page(customerId, after, PAGE);
      return client -> client.v1().invoices().list(params);
    });
  }

  private static InvoiceListParams page(String customerId, Optional<String> after, long limit) {
    InvoiceListParams.Builder params =
        InvoiceListParams.builder().setCustomer(customerId).setLimit(limit);
    after.ifPresent(params::setStartingAfter);
    return params.build();
  }

  @Override
  public Optional<InvoiceDetails> details(String invoiceId) {
    InvoiceRetrieveParams params =
        InvoiceRetrieveParams.builder().addExpand(PAYMENTS).build();
    StripeResult answer =
        calls.read(DETAILS, client -> client.v1().invoices().retrieve(invoiceId, params));
    return answer
        .live()
        .map(Fields::of)
        .map(invoice -> StripeReads.understood(DETAILS, () -> {
          List<InvoiceDetails.Line> more = InvoiceDetailsShape.hasMoreLines(invoice)
              ? linesAfter(invoiceId, invoice.object("lines").objects("data"))
              : List.<InvoiceDetails.Line>of();
          return InvoiceDetailsShape.read(invoice, more);
        }));
  }

  private List<InvoiceDetails.Line> linesAfter(String invoiceId, List<Fields> shown) {
    String last = shown.get(shown.size() - 1).text("id");
    List<InvoiceDetails.Line> lines = new ArrayList<>();
    StripePages.each(
        calls,
        LINES,
        after -> {
          InvoiceLineItemListParams params = InvoiceLineItemListParams.builder()
              .setStartingAfter(after.orElse(last))
              .setLimit(PAGE)
              .build();
          return client -> client.v1().invoices().lineItems().list(invoiceId, params);
        },
        (answer, bodies) ->
            bodies.forEach(body -> lines.add(InvoiceDetailsShape.line(Fields.of(body)))));
    return lines;
  }

  @Override
  public List<InvoiceDetails> details(String customerId, Optional<String> after, int limit) {
    InvoiceListParams params = page(customerId, after, limit);
    StripeResult answer = calls.send(LIST, client -> client.v1().invoices().list(params));
    JsonObject list = answer.body().orElseThrow(() -> StripeReads.senseless(LIST));
    return StripeReads.understood(
        LIST,
        () -> Fields.of(list).objects("data").stream()
            .filter(invoice -> !InvoiceDetailsShape.hasMoreLines(invoice))
            .map(invoice -> InvoiceDetailsShape.read(invoice, List.of()))
            .toList());
  }

  @Override
  public Observation pay(String invoiceId, String idempotencyKey) {
    InvoicePayParams params = InvoicePayParams.builder().setOffSession(false).build();
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    try {
      StripeResult answer =
          calls.send(PAY, client -> client.v1().invoices().pay(invoiceId, params, options));
      return reads.answered(PAY, ObjectKind.INVOICE, answer);
    } catch (PaymentDeclined e) {
      if (NEEDS_OWNER.contains(e.declineCode())) {
        return reads.afterwards(
            PAY, new ObjectRef(ObjectKind.INVOICE, invoiceId), new SubjectId(invoiceId));
      }
      throw e;
    }
  }
}
