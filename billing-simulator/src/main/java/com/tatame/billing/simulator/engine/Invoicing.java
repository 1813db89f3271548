package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Drafts, finalises and collects invoices; what follows for the subscription is decided by {@link Subscriptions}. */
final class Invoicing {
  static final long HOUR = 3600;
  private static final long DAY = 24 * HOUR;
  private static final long RESUME_WINDOW = 23 * HOUR;

  private final Account account;
  private final Events events;
  private final Payments payments;
  private final Discounts discounts;
  private final Settings settings;

  Invoicing(
      Account account, Events events, Payments payments, Discounts discounts, Settings settings) {
    this.account = account;
    this.events = events;
    this.payments = payments;
    this.discounts = discounts;
    this.settings = settings;
  }

  /** A draft for the subscription's current period, with all that waited for it; not announced yet. */
  Invoice draft(Subscription subscription, String reason, long periodStart, long periodEnd) {
    return draft(subscription, subscription.items, List.of(), reason, periodStart, periodEnd);
  }

  /**
   * As {@link #draft(Subscription, String, long, long)}.
   *
   * @param recurring what is paid for in advance
   * @param used what is paid for by what was used in the period that ended
   */
  Invoice draft(
      Subscription subscription,
      List<SubscriptionItem> recurring,
      List<SubscriptionItem> used,
      String reason,
      long periodStart,
      long periodEnd) {
    Invoice invoice = compose(
        subscription,
        recurring,
        account.pendingItems(subscription),
        account.discounts(subscription.discounts),
        account.now);
    invoice.billingReason = reason;
    invoice.periodStart = periodStart;
    invoice.periodEnd = periodEnd;
    for (SubscriptionItem item : used) {
      InvoiceLine line = line(item, false, subscription.currency);
      line.metered = true;
      line.periodStart = periodStart;
      line.periodEnd = periodEnd;
      line.metadata.putAll(subscription.metadata);
      invoice.lines.add(line);
    }
    MeteredLines.reckon(invoice, account.discounts(subscription.discounts), account);
    register(invoice, subscription.items);
    discounts.use(subscription, invoice);
    subscription.latestInvoice = invoice.id;
    return invoice;
  }

  /** An invoice that the account doesn't hold: its making changes nothing. */
  Invoice compose(
      Subscription subscription,
      List<SubscriptionItem> recurring,
      List<InvoiceItem> extra,
      List<Discount> off,
      long at) {
    Invoice invoice = new Invoice();
    Customer customer = account.customer(subscription.customer);
    invoice.created = at;
    invoice.customer = subscription.customer;
    invoice.customerEmail = customer.email;
    invoice.customerName = customer.name;
    invoice.subscription = subscription.id;
    invoice.subscriptionMetadata.putAll(subscription.metadata);
    invoice.currency = subscription.currency;
    invoice.automaticTax = subscription.automaticTax;
    invoice.startingBalance = customer.balance;
    extra.forEach(item -> invoice.lines.add(line(item)));
    for (SubscriptionItem item : recurring) {
      boolean trial = subscription.status.equals("trialing")
          && subscription.trialEnd != null
          && item.periodStart < subscription.trialEnd;
      InvoiceLine line = line(item, trial, subscription.currency);
      line.metadata.putAll(subscription.metadata);
      invoice.lines.add(line);
    }
    Discounts.apply(invoice, off, at);
    AutomaticTax.apply(invoice, account);
    return invoice;
  }

  private InvoiceLine line(SubscriptionItem item, boolean trial, String currency) {
    Price price = account.price(item.price);
    String product = account.product(price.product).name;
    InvoiceLine line = new InvoiceLine();
    line.amount = trial ? 0 : price.amountFor(item.quantity, currency);
    line.description = trial
        ? "Trial period for " + product
        : item.quantity + " × " + product + " (at " + Prices.describe(price, currency) + ")";
    line.price = price.id;
    line.quantity = price.recurrence().metered() ? 0 : item.quantity;
    line.subscriptionItem = item.id;
    line.periodStart = item.periodStart;
    line.periodEnd = item.periodEnd;
    return line;
  }

  private static InvoiceLine line(InvoiceItem item) {
    InvoiceLine line = new InvoiceLine();
    line.amount = item.amount;
    line.description = item.description;
    line.price = item.price;
    line.quantity = item.quantity;
    line.subscriptionItem = item.subscriptionItem;
    line.periodStart = item.periodStart;
    line.periodEnd = item.periodEnd;
    line.proration = true;
    line.discountable = false;
    line.invoiceItem = item.id;
    return line;
  }

  /** Takes a composed invoice into the account, and notes what was billed for which item. */
  void register(Invoice invoice, List<SubscriptionItem> recurring) {
    Invoice begun = account.begin(invoice, "in_", 24);
    for (InvoiceLine line : begun.lines) {
      line.id = account.newId("il_", 24);
      InvoiceItem item =
          line.invoiceItem == null ? null : account.invoiceItems.get(line.invoiceItem);
      if (item != null) {
        item.invoice = begun.id;
      }
      recurring.stream()
          .filter(
              billed -> !line.proration && !line.metered && billed.id.equals(line.subscriptionItem))
          .forEach(billed -> {
            billed.billed = line.net();
            billed.billedFrom = line.periodStart;
          });
    }
    account.invoices.put(begun.id, begun);
  }

  /** What would keep this amount from being collected now; null when nothing does. */
  @Nullable
  Decline obstacle(long due, @Nullable PaymentMethod method) {
    if (due == 0) {
      return null;
    }
    return method == null ? Decline.NO_METHOD : method.card.declineOffSession();
  }

  void finalizeLater(Invoice invoice) {
    invoice.finalizesAt = account.now + HOUR;
    account.plan(invoice.finalizesAt, Due.Kind.INVOICE_FINALIZES, invoice.id);
  }

  void finalizeNow(Invoice invoice) {
    MeteredLines.reckon(invoice, account.discounts(List.copyOf(invoice.discounts)), account);
    Customer customer = account.customer(invoice.customer);
    boolean atCheckout = invoice.billingReason.equals("subscription_create");
    // The page of a checkout shows and collects the whole price, whatever the balance.
    invoice.startingBalance = atCheckout ? 0 : customer.balance;
    invoice.status = "open";
    invoice.finalizedAt = account.now;
    invoice.finalizesAt = null;
    invoice.number = String.format(
        Locale.ROOT, "%s-%04d", customer.invoicePrefix, customer.nextInvoiceSequence++);
    events.emit("invoice.finalized", invoice);
    if (!atCheckout) {
      moveBalance(customer, invoice.endingBalance());
    }
    if (invoice.amountDue() == 0) {
      settle(invoice, true);
    }
  }

  private void moveBalance(Customer customer, long balance) {
    events.updating("customer.updated", customer, () -> customer.balance = balance);
  }

  /** Tries to collect an open invoice; null when it is paid now. */
  @Nullable
  Decline collect(Invoice invoice, @Nullable PaymentMethod method, boolean onSession) {
    PaymentIntent intent = intentOf(invoice);
    if (method == null) {
      return failed(invoice, Decline.NO_METHOD, onSession);
    }
    if (!onSession && payments.pointlessToRepeat(intent, method)) {
      Decline last = intent.lastError == null ? Decline.AUTHENTICATION_REQUIRED : intent.lastError;
      events.updating("invoice.updated", invoice, () -> countAttempt(invoice));
      return last;
    }
    Decline decline = method.card.declineOffSession();
    if (decline == null) {
      payments.succeed(intent, method);
      pay(invoice, intent);
      return null;
    }
    if (decline.equals(Decline.AUTHENTICATION_REQUIRED)) {
      payments.askToAuthenticate(intent, method, decline);
      if (!onSession || invoice.attemptCount == 0) {
        countAttempt(invoice);
      }
      events.emit("invoice.payment_action_required", invoice);
      events.emit("invoice.payment_failed", invoice);
      return decline;
    }
    payments.decline(intent, method, decline);
    return failed(invoice, decline, onSession);
  }

  /** Tries to collect while the customer is at the page; null when it is paid, or the bank asks. */
  @Nullable
  Decline collectAtPage(Invoice invoice, PaymentMethod method) {
    PaymentIntent intent = intentOf(invoice);
    if (method.card.asksAtPage()) {
      payments.askToAuthenticate(intent, method, null);
      events.emit("invoice.payment_action_required", invoice);
      return null;
    }
    return collect(invoice, method, true);
  }

  /** Whether an invoice is paid, now that the card's owner has answered the bank. */
  boolean authenticated(Invoice invoice, PaymentIntent intent, boolean approved) {
    PaymentMethod method = account.paymentMethod(Objects.requireNonNull(intent.paymentMethod));
    if (!approved) {
      payments.failAuthentication(intent, method);
      events.emit("invoice.payment_failed", invoice);
      return false;
    }
    payments.succeed(intent, method);
    pay(invoice, intent);
    return true;
  }

  /** Ties an intent that began before the invoice to it. */
  void link(Invoice invoice, PaymentIntent intent) {
    InvoicePayment payment = paymentOf(invoice, intent);
    payment.amountRequested = intent.amount;
    invoice.attempted = true;
    invoice.attemptCount = 1;
  }

  /** Records that an intent which has succeeded pays this invoice, and announces it. */
  void pay(Invoice invoice, PaymentIntent intent) {
    InvoicePayment payment = paymentOf(invoice, intent);
    invoice.charge = intent.latestCharge;
    invoice.attempted = true;
    invoice.attemptCount = Math.max(1, invoice.attemptCount);
    payment.status = "paid";
    payment.amountPaid = payment.amountRequested;
    payment.paidAt = account.now;
    invoice.amountPaid = invoice.amountDue();
    ObjectNode paid = markPaid(invoice);
    events.emit("invoice_payment.paid", payment);
    events.emit("invoice.paid", paid);
    events.emit("invoice.payment_succeeded", paid);
  }

  /** Pays without a payment: nothing was due, or the money came another way. */
  void settle(Invoice invoice, boolean nothingDue) {
    invoice.attempted = true;
    invoice.amountPaid = nothingDue ? 0 : invoice.amountDue();
    invoice.paidOutOfBand = !nothingDue;
    ObjectNode paid = markPaid(invoice);
    events.emit("invoice.paid", paid);
    if (nothingDue) {
      events.emit("invoice.payment_succeeded", paid);
    }
  }

  private ObjectNode markPaid(Invoice invoice) {
    invoice.status = "paid";
    invoice.paidAt = account.now;
    invoice.autoAdvance = false;
    invoice.nextPaymentAttempt = null;
    invoice.voidsAt = null;
    return events.snapshot(invoice);
  }

  void voidInvoice(Invoice invoice) {
    if (invoice.finalizedAt != null) {
      Customer customer = account.customer(invoice.customer);
      moveBalance(customer, customer.balance + invoice.startingBalance - invoice.endingBalance());
    }
    invoice.status = "void";
    invoice.voidedAt = account.now;
    stopCollecting(invoice);
    events.emit("invoice.voided", invoice);
    if (invoice.paymentIntent != null) {
      PaymentIntent intent = account.paymentIntent(invoice.paymentIntent);
      intent.status = "canceled";
      intent.canceledAt = account.now;
      intent.cancellationReason = "void_invoice";
      events.emit("payment_intent.canceled", intent);
    }
    for (InvoicePayment payment : account.paymentsOf(invoice)) {
      payment.status = "canceled";
      payment.canceledAt = account.now;
    }
  }

  void markUncollectible(Invoice invoice) {
    invoice.status = "uncollectible";
    invoice.uncollectibleAt = account.now;
    stopCollecting(invoice);
    events.emit("invoice.marked_uncollectible", invoice);
  }

  void stopCollecting(Invoice invoice) {
    invoice.autoAdvance = false;
    invoice.finalizesAt = null;
    invoice.nextPaymentAttempt = null;
  }

  void voidUnlessPaidSoon(Invoice invoice) {
    invoice.voidsAt = account.now + RESUME_WINDOW;
    account.plan(invoice.voidsAt, Due.Kind.INVOICE_VOIDS, invoice.id);
  }

  private Decline failed(Invoice invoice, Decline decline, boolean onSession) {
    ObjectNode before = events.snapshot(invoice);
    if (!onSession || invoice.attemptCount == 0) {
      countAttempt(invoice);
    }
    events.emit("invoice.payment_failed", invoice);
    events.emitIfChanged("invoice.updated", invoice, before);
    return decline;
  }

  private void countAttempt(Invoice invoice) {
    invoice.attempted = true;
    invoice.attemptCount++;
    if (invoice.firstFailureAt == null) {
      invoice.firstFailureAt = account.now;
    }
    invoice.nextPaymentAttempt = null;
    if (invoice.autoAdvance && invoice.attemptCount <= settings.retryDays().size()) {
      long days = settings.retryDays().get(invoice.attemptCount - 1);
      invoice.nextPaymentAttempt = invoice.firstFailureAt + days * DAY;
      account.plan(invoice.nextPaymentAttempt, Due.Kind.PAYMENT_RETRIES, invoice.id);
    }
  }

  private PaymentIntent intentOf(Invoice invoice) {
    if (invoice.paymentIntent != null) {
      return account.paymentIntent(invoice.paymentIntent);
    }
    PaymentIntent intent = payments.intent(
        invoice.amountRemaining(), invoice.currency, invoice.customer, describe(invoice));
    intent.invoice = invoice.id;
    events.emit("payment_intent.created", intent);
    paymentOf(invoice, intent);
    return intent;
  }

  private InvoicePayment paymentOf(Invoice invoice, PaymentIntent intent) {
    invoice.paymentIntent = intent.id;
    intent.invoice = invoice.id;
    for (InvoicePayment payment : account.paymentsOf(invoice)) {
      if (payment.paymentIntent.equals(intent.id)) {
        return payment;
      }
    }
    InvoicePayment payment = account.begin(new InvoicePayment(), "inpay_", 24);
    payment.invoice = invoice.id;
    payment.paymentIntent = intent.id;
    payment.currency = invoice.currency;
    payment.amountRequested = intent.amount;
    account.invoicePayments.put(payment.id, payment);
    invoice.payments.add(payment.id);
    return payment;
  }

  private static String describe(Invoice invoice) {
    return invoice.billingReason.equals("subscription_create")
        ? "Subscription creation"
        : "Subscription update";
  }
}
