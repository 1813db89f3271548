package com.tatame.billing.mail;

import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.invoice.InvoiceDetails;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.refund.RefundStore.Given;
import com.tatame.billing.subscription.Subscription;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/**
 * What a mail tells and is not stored with it: the reader's name, and what the provider alone has, such
 * as the page of an invoice, which opens it for anyone who has the link.
 */
final class MailDetails {
  /** Enough to look for the invoice that a payment is for. */
  private static final int RECENT_INVOICES = 20;

  private final MailSubjects subjects;
  private final CatalogInForce catalog;
  private final InvoiceControl provider;

  MailDetails(MailSubjects subjects, CatalogInForce catalog, InvoiceControl provider) {
    this.subjects = subjects;
    this.catalog = catalog;
    this.provider = provider;
  }

  /**
   * The content as it is sent.
   *
   * @throws ProviderUnavailable while the provider can't be asked
   */
  MailContent of(PlannedMail mail, Optional<CustomerLink> customer) {
    MailContent content =
        MailContents.withName(mail.content(), customer.flatMap(CustomerLink::name));
    return switch (mail.template()) {
      case RECEIPT -> withPage(content, mail.objectId(), true);
      case PAYMENT_FAILED -> withPage(nextAttempt(mail, content), mail.objectId(), false);
      case PAYMENT_ACTION_REQUIRED ->
        invoiceOf(mail)
            .map(invoice -> withPage(
                MailContents.withInvoice(content, content.amount(), invoice.number()),
                invoice.id(),
                false))
            .orElse(content);
      case SUBSCRIPTION_ENDED -> MailContents.withTitle(content, titleOf(mail));
      case TRIAL_ENDING ->
        MailContents.withInvoice(
            content,
            subscription(mail).map(Subscription::terms).flatMap(MailContents::priceOf),
            Optional.empty());
      case WELCOME -> MailContents.withTitle(content, planHeld(mail));
      case REFUND -> refunded(mail, content);
      case SUBSCRIPTION_STARTED,
          SUBSCRIPTION_CHANGED,
          SUBSCRIPTION_CANCELED,
          PURCHASE,
          LIMIT_NEAR -> content;
    };
  }

  // The account as its end left it doesn't show the subscription any more.
  private Optional<String> titleOf(PlannedMail mail) {
    return subscription(mail).flatMap(this::plan);
  }

  private Optional<String> plan(Subscription subscription) {
    return subscription.tier().flatMap(tier -> catalog.get().plan(tier)).map(Plan::name);
  }

  // An account may be new because it has just subscribed.
  private Optional<String> planHeld(PlannedMail mail) {
    return subjects
        .subscriptions()
        .list(mail.account(), Optional.empty(), Optional.empty(), 1)
        .stream()
        .filter(newest -> newest.status().live())
        .findFirst()
        .flatMap(this::plan);
  }

  private MailContent refunded(PlannedMail mail, MailContent content) {
    Optional<Given> given = subjects.refunds().find(mail.objectId());
    Optional<String> item = given
        .flatMap(Given::purchaseId)
        .flatMap(id -> subjects.purchases().find(mail.account(), id))
        .flatMap(purchase -> catalog.get().item(purchase.sale().item()))
        .map(Item::name);
    Optional<String> number = given
        .flatMap(Given::invoiceId)
        .flatMap(id -> subjects.invoices().find(mail.account(), id))
        .flatMap(Invoice::number);
    return MailContents.withInvoice(
        MailContents.withTitle(content, item), content.amount(), number);
  }

  private Optional<Subscription> subscription(PlannedMail mail) {
    return subjects.subscriptions().find(mail.account(), mail.objectId());
  }

  private MailContent nextAttempt(PlannedMail mail, MailContent content) {
    return subjects
        .invoices()
        .find(mail.account(), mail.objectId())
        .flatMap(Invoice::nextPaymentAttempt)
        .map(at -> MailContents.withTime(content, at))
        .orElse(content);
  }

  // A payment doesn't name its invoice before it is paid.
  private Optional<Invoice> invoiceOf(PlannedMail mail) {
    Optional<PaymentIntent> payment =
        subjects.payments().ofCustomer(mail.account(), mail.objectId());
    return subjects.invoices().list(mail.account(), Optional.empty(), RECENT_INVOICES).stream()
        .filter(invoice -> invoice.status() == InvoiceStatus.OPEN)
        .filter(invoice -> payment
            .filter(asked -> asked.amount() == invoice.amountDue()
                && asked.currency().equals(invoice.currency()))
            .isPresent())
        .findFirst();
  }

  private MailContent withPage(MailContent content, String invoiceId, boolean lines) {
    try {
      return provider
          .details(invoiceId)
          .map(details -> MailContents.withPage(
              content,
              details.hostedUrl().flatMap(MailDetails::address),
              lines ? lines(details) : List.of()))
          .orElse(content);
    } catch (ProviderRejected e) {
      // The amounts are worth telling without the page.
      return content;
    }
  }

  private static List<MailContent.Line> lines(InvoiceDetails details) {
    return details.lines().stream()
        .map(line -> new MailContent.Line(line.description().orElse(""), line.amount()))
        .toList();
  }

  private static Optional<URI> address(String url) {
    try {
      return Optional.of(new URI(url));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
