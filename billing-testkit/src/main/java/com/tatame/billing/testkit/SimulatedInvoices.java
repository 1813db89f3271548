package com.tatame.billing.testkit;

import static com.tatame.billing.testkit.ProviderRecords.instant;
import static com.tatame.billing.testkit.ProviderRecords.number;
import static com.tatame.billing.testkit.ProviderRecords.optionalText;
import static com.tatame.billing.testkit.ProviderRecords.stated;
import static com.tatame.billing.testkit.ProviderRecords.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.invoice.InvoiceDetails;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentAction;
import com.tatame.billing.testkit.SimulatedCalls.Success;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Lists, details and pays invoices. The simulated account shows all lines of an invoice. */
final class SimulatedInvoices implements InvoiceControl {
  private static final String PATH = "/v1/invoices";
  private static final Set<String> NEEDS_OWNER =
      Set.of("invoice_payment_intent_requires_action", "authentication_required");

  private final SimulatedCalls calls;
  private final SimulatedReads reads;

  SimulatedInvoices(SimulatedCalls calls, SimulatedReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public List<Observation> ofCustomer(String customerId) {
    return reads.all(ObjectKind.INVOICE, Map.of("customer", customerId));
  }

  @Override
  public Optional<InvoiceDetails> details(String invoiceId) {
    Success answer = calls.find(
        PATH + "/" + invoiceId, Map.of("expand", List.of("payments.data.payment.payment_intent")));
    return answer.body().has("id")
        ? Optional.of(details(answer.body()))
        : Optional.<InvoiceDetails>empty();
  }

  @Override
  public List<InvoiceDetails> details(String customerId, Optional<String> after, int limit) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("customer", customerId);
    parameters.put("limit", Integer.toString(limit));
    after.ifPresent(id -> parameters.put("starting_after", id));
    return elements(calls.get(PATH, parameters).body().required("data"))
        .map(SimulatedInvoices::details)
        .toList();
  }

  @Override
  public Observation pay(String invoiceId, String idempotencyKey) {
    try {
      return reads.mutate(
          ObjectKind.INVOICE,
          PATH + "/" + invoiceId + "/pay",
          Map.of("off_session", "false"),
          idempotencyKey);
    } catch (PaymentDeclined e) {
      if (NEEDS_OWNER.contains(e.declineCode())) {
        return reads.after(new ObjectRef(ObjectKind.INVOICE, invoiceId), new SubjectId(invoiceId));
      }
      throw e;
    }
  }

  private static InvoiceDetails details(JsonNode invoice) {
    return new InvoiceDetails(
        text(invoice, "id"),
        elements(invoice.required("total_taxes"))
            .mapToLong(tax -> number(tax, "amount"))
            .sum(),
        elements(invoice.required("lines").required("data"))
            .map(SimulatedInvoices::line)
            .toList(),
        optionalText(invoice, "hosted_invoice_url"),
        optionalText(invoice, "invoice_pdf"),
        paymentAction(invoice));
  }

  /** What its payer must still do for an invoice whose payments are shown. */
  static Optional<PaymentAction> paymentAction(JsonNode invoice) {
    if (!text(invoice, "status").equals("open")) {
      return Optional.empty();
    }
    Optional<String> url = optionalText(invoice, "hosted_invoice_url");
    return elements(invoice.path("payments").path("data"))
        .filter(payment -> text(payment, "status").equals("open"))
        .map(payment -> payment.required("payment").required("payment_intent"))
        .flatMap(intent -> type(intent).stream()
            .map(type -> new PaymentAction(type, url, optionalText(intent, "client_secret"))))
        .findFirst();
  }

  private static Optional<PaymentAction.Type> type(JsonNode intent) {
    String status = text(intent, "status");
    if (status.equals("requires_action")) {
      return Optional.of(PaymentAction.Type.REQUIRES_ACTION);
    }
    return status.equals("requires_payment_method")
        ? stated(intent, "last_payment_error")
            .map(error -> PaymentAction.Type.REQUIRES_PAYMENT_METHOD)
        : Optional.empty();
  }

  private static InvoiceDetails.Line line(JsonNode line) {
    JsonNode parent = line.required("parent");
    return new InvoiceDetails.Line(
        optionalText(line, "description"),
        new Money(number(line, "amount"), text(line, "currency")),
        stated(line, "quantity").map(JsonNode::asLong),
        optionalText(line.path("pricing").path("price_details"), "price"),
        parent.path("subscription_item_details").path("proration").asBoolean()
            || parent.path("invoice_item_details").path("proration").asBoolean(),
        instant(line.required("period"), "start"),
        instant(line.required("period"), "end"));
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
