package com.tatame.billing.simulator.engine;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The API's side of invoices and of the payments behind them. */
final class InvoiceControl {
  static final Shape LIST =
      Shape.of("customer subscription status:(draft|open|paid|uncollectible|void) created:range"
          + " collection_method:(charge_automatically|send_invoice) ~customer_account ~due_date"
          + Lists.SHAPE);
  static final Shape PAY = Shape.of(
      "payment_method paid_out_of_band:bool off_session:bool forgive:bool expand[] ~mandate ~source");
  static final Shape LIST_PAYMENTS = Shape.of("invoice status:(canceled|open|paid) created:range"
      + " payment{type:(payment_intent|payment_record)! payment_intent ~payment_record}"
      + Lists.SHAPE);

  static final Shape LIST_ITEMS =
      Shape.of("customer invoice pending:bool created:range ~customer_account" + Lists.SHAPE);

  private final Account account;
  private final Customers customers;
  private final Invoicing invoicing;
  private final Subscriptions subscriptions;

  InvoiceControl(
      Account account, Customers customers, Invoicing invoicing, Subscriptions subscriptions) {
    this.account = account;
    this.customers = customers;
    this.invoicing = invoicing;
    this.subscriptions = subscriptions;
  }

  Invoice invoice(String id) {
    return Optional.ofNullable(account.invoices.get(id))
        .orElseThrow(() -> StripeException.missing("invoice", id, "invoice"));
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(invoice(call.id()));
  }

  Outcome list(Call call) {
    Params params = call.params();
    return Lists.page(
        account.invoices.values(),
        invoice -> Lists.asked(params, "customer", invoice.customer)
            && Lists.asked(params, "subscription", invoice.subscription)
            && Lists.asked(params, "status", invoice.status)
            && Lists.asked(params, "collection_method", "charge_automatically")
            && Lists.range(params, "created").test(invoice.created),
        call,
        "invoice");
  }

  Outcome listItems(Call call) {
    Params params = call.params();
    Boolean pending = params.flag("pending");
    return Lists.page(
        account.invoiceItems.values(),
        item -> Lists.asked(params, "customer", item.customer)
            && (!params.given("invoice") || params.required("invoice").equals(item.invoice))
            && (pending == null || pending == (item.invoice == null))
            && Lists.range(params, "created").test(item.created),
        call,
        "invoiceitem");
  }

  Outcome pay(Call call) {
    Invoice invoice = invoice(call.id());
    Params params = call.params();
    switch (invoice.status) {
      case "paid" ->
        throw StripeException.refused("invoice_already_paid", "Invoice is already paid");
      case "void" ->
        throw StripeException.refused(
            "invoice_not_editable", "Invoice is voided and can no longer be paid.");
      default -> {
        // draft, open and uncollectible invoices can be paid
      }
    }
    PaymentMethod method = params.given("payment_method")
        ? customers.usable(
            params.required("payment_method"), account.customer(invoice.customer), "payment_method")
        : subscriptions.methodFor(account.subscription(invoice.subscription));
    if (invoice.status.equals("draft")) {
      invoicing.finalizeNow(invoice);
    }
    if (invoice.status.equals("paid")) {
      subscriptions.paid(invoice);
      return new Outcome.One(invoice);
    }
    if (params.flag("paid_out_of_band", false)) {
      invoicing.settle(invoice, false);
      subscriptions.paid(invoice);
      return new Outcome.One(invoice);
    }
    if (method == null) {
      throw StripeException.refused(
          "missing_payment_method",
          "There is no `default_payment_method` set on this Customer or Invoice. Please provide a payment method.");
    }
    Decline decline = invoicing.collect(invoice, method, true);
    if (Decline.AUTHENTICATION_REQUIRED.equals(decline)) {
      throw StripeException.card(Decline.INVOICE_REQUIRES_ACTION, invoice.paymentIntent);
    }
    if (decline != null) {
      throw StripeException.card(decline, invoice.paymentIntent);
    }
    subscriptions.paid(invoice);
    return new Outcome.One(invoice);
  }

  /**
   * Pays on the hosted page.
   *
   * @return null when it is paid, or the bank asks
   */
  @Nullable
  Decline payAtPage(Invoice invoice, PaymentMethod method) {
    Decline decline = invoicing.collectAtPage(invoice, method);
    if (invoice.status.equals("paid")) {
      subscriptions.paid(invoice);
    }
    return decline;
  }

  /** What the card's owner answers to the bank's question about an invoice. */
  void authenticated(PaymentIntent intent, boolean approved) {
    Invoice invoice = account.invoice(Objects.requireNonNull(intent.invoice));
    if (invoicing.authenticated(invoice, intent, approved)) {
      subscriptions.paid(invoice);
    }
  }

  Outcome retrievePayment(Call call) {
    return new Outcome.One(Optional.ofNullable(account.invoicePayments.get(call.id()))
        .orElseThrow(
            () -> StripeException.missing("invoice_payment", call.id(), "invoice_payment")));
  }

  Outcome listPayments(Call call) {
    Params params = call.params();
    return Lists.page(
        account.invoicePayments.values(),
        payment -> Lists.asked(params, "invoice", payment.invoice)
            && Lists.asked(params, "status", payment.status)
            && Lists.asked(params.child("payment"), "type", "payment_intent")
            && Lists.asked(params.child("payment"), "payment_intent", payment.paymentIntent)
            && Lists.range(params, "created").test(payment.created),
        call,
        "invoice_payment");
  }
}
