package com.tatame.billing.simulator.engine;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What customers see and do on the hosted page of an invoice. Anyone who has the link may pay. */
public final class HostedInvoices {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.UK);

  private final Engine engine;

  /** The pages of this account's invoices. */
  public HostedInvoices(Engine engine) {
    this.engine = engine;
  }

  /** What the page shows; empty if there is no such invoice, or it is a draft. */
  public Optional<InvoicePage> page(String invoice) {
    return engine.step(rules -> issued(rules, invoice).map(known -> page(rules, known)));
  }

  /** The invoice as a document to keep; empty as with {@link #page}. */
  public Optional<byte[]> pdf(String invoice) {
    return page(invoice).map(HostedInvoices::document);
  }

  /**
   * Pays with a card, which is what the subscription is charged to from then on.
   *
   * @return why the card is refused; empty if the invoice is paid, or the bank asks, or there is
   *     nothing to pay
   */
  public Optional<String> pay(String invoice, PageForm form) {
    return engine.step(rules -> issued(rules, invoice)
        .filter(known -> state(rules.account, known).equals("payable"))
        .flatMap(known -> pay(rules, known, form)));
  }

  private static Optional<String> pay(Rules rules, Invoice invoice, PageForm form) {
    CardDetails details;
    try {
      details = CardDetails.parse(form.number(), form.expiry(), form.cvc(), rules.account.now);
    } catch (CardDetails.Refused refused) {
      return Optional.of(refused.decline.message());
    }
    PaymentMethod method = rules.payments.method(
        details.card(),
        details.expMonth(),
        details.expYear(),
        invoice.customerEmail,
        form.name().isEmpty() ? null : form.name());
    Optional<Decline> decline = Optional.ofNullable(rules.invoices.payAtPage(invoice, method));
    if (decline.isEmpty() && invoice.status.equals("paid")) {
      keep(rules, invoice, method);
    }
    return decline.map(Decline::message);
  }

  /**
   * Answers what the bank asks about the payment of an invoice.
   *
   * @return why it is not paid; empty if it is, or no payment is asked for
   */
  public Optional<String> authenticate(String invoice, boolean approved) {
    return engine.step(rules -> issued(rules, invoice)
        .filter(known -> state(rules.account, known).equals("authenticating"))
        .flatMap(known -> {
          PaymentIntent intent = intent(rules.account, known).orElseThrow();
          String used = Optional.ofNullable(intent.paymentMethod).orElseThrow();
          rules.invoices.authenticated(intent, approved);
          if (!approved) {
            return Optional.of(Decline.AUTHENTICATION_FAILED.message());
          }
          keep(rules, known, rules.account.paymentMethod(used));
          return Optional.empty();
        }));
  }

  private static void keep(Rules rules, Invoice invoice, PaymentMethod method) {
    rules.payments.attach(method, rules.account.customer(invoice.customer));
    Subscription subscription = rules.account.subscription(invoice.subscription);
    if (!subscription.ended() && !method.id.equals(subscription.defaultPaymentMethod)) {
      String path = "/v1/subscriptions/" + subscription.id;
      Routes.run(
          rules.routes.find("POST", path).orElseThrow(),
          path,
          Map.of("default_payment_method", method.id));
    }
  }

  private static Optional<Invoice> issued(Rules rules, String id) {
    return Optional.ofNullable(rules.account.invoices.get(id))
        .filter(invoice -> !invoice.status.equals("draft"));
  }

  private static Optional<PaymentIntent> intent(Account account, Invoice invoice) {
    return Optional.ofNullable(invoice.paymentIntent).map(account::paymentIntent);
  }

  private static String state(Account account, Invoice invoice) {
    if (!invoice.status.equals("open")) {
      return invoice.status;
    }
    boolean asked = intent(account, invoice)
        .filter(intent -> intent.status.equals("requires_action"))
        .isPresent();
    return asked ? "authenticating" : "payable";
  }

  private static InvoicePage page(Rules rules, Invoice invoice) {
    Account account = rules.account;
    Customer customer = account.customer(invoice.customer);
    long issued = invoice.finalizedAt == null ? invoice.created : invoice.finalizedAt;
    String last4 = intent(account, invoice)
        .map(intent -> intent.paymentMethod)
        .map(method -> account.paymentMethod(method).last4)
        .orElse("");
    return new InvoicePage(
        invoice.id,
        invoice.number == null ? invoice.id : invoice.number,
        state(account, invoice),
        day(issued),
        Instant.ofEpochSecond(issued).toString(),
        customer.name != null ? customer.name : customer.email != null ? customer.email : "",
        invoice.lines.stream().map(line -> line(invoice, line)).toList(),
        sums(invoice),
        money(invoice, invoice.amountRemaining()),
        Optional.ofNullable(invoice.paidAt).map(HostedInvoices::day),
        last4);
  }

  private static InvoicePage.Line line(Invoice invoice, InvoiceLine line) {
    return new InvoicePage.Line(
        line.description,
        day(line.periodStart) + " to " + day(line.periodEnd),
        money(invoice, line.amount));
  }

  private static List<InvoicePage.Sum> sums(Invoice invoice) {
    List<InvoicePage.Sum> sums = new ArrayList<>();
    long discount = invoice.subtotal() - invoice.net();
    sums.add(new InvoicePage.Sum("Subtotal", money(invoice, invoice.subtotal())));
    if (discount != 0) {
      sums.add(new InvoicePage.Sum("Discount", money(invoice, -discount)));
    }
    invoice
        .tax()
        .ifPresent(tax -> sums.add(new InvoicePage.Sum(
            "Tax (" + tax.percent() + " %" + (tax.inclusive() ? ", included)" : ")"),
            money(invoice, tax.amount()))));
    sums.add(new InvoicePage.Sum("Total", money(invoice, invoice.total())));
    if (invoice.startingBalance != 0) {
      sums.add(
          new InvoicePage.Sum("Balance", money(invoice, invoice.amountDue() - invoice.total())));
    }
    if (invoice.amountPaid != 0) {
      sums.add(new InvoicePage.Sum("Paid", money(invoice, -invoice.amountPaid)));
    }
    sums.add(new InvoicePage.Sum("Still to pay", money(invoice, invoice.amountRemaining())));
    return sums;
  }

  private static String money(Invoice invoice, long amount) {
    return Prices.money(amount, invoice.currency);
  }

  private static String day(long second) {
    return DAY.format(Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC));
  }

  private static byte[] document(InvoicePage page) {
    List<String> lines = new ArrayList<>();
    lines.add("Invoice " + page.number());
    lines.add("A simulation: no money moved.");
    lines.add("");
    lines.add(
        "Issued " + page.issued() + (page.customer().isEmpty() ? "" : " to " + page.customer()));
    lines.add(page.paidOn().map(day -> "Paid on " + day).orElse("Status: " + page.state()));
    lines.add("");
    for (InvoicePage.Line line : page.lines()) {
      lines.add(line.description() + "   " + line.amount());
      lines.add("   " + line.period());
    }
    lines.add("");
    page.sums().forEach(sum -> lines.add(sum.name() + "   " + sum.amount()));
    return TextPdf.of(lines).getBytes(StandardCharsets.ISO_8859_1);
  }
}
