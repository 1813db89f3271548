package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What happens on the checkout page: paying, declining, authenticating, expiring. */
final class Checkout {
  private final Account account;
  private final Events events;
  private final Payments payments;
  private final Invoicing invoicing;
  private final Subscriptions subscriptions;
  private final CheckoutJson amounts;
  private final Discounts discounts;

  Checkout(
      Account account,
      Events events,
      Payments payments,
      Invoicing invoicing,
      Subscriptions subscriptions,
      CheckoutJson amounts,
      Discounts discounts) {
    this.account = account;
    this.events = events;
    this.payments = payments;
    this.invoicing = invoicing;
    this.subscriptions = subscriptions;
    this.amounts = amounts;
    this.discounts = discounts;
  }

  CheckoutSession session(String id) {
    return Optional.ofNullable(account.sessions.get(id))
        .orElseThrow(() -> StripeException.missing("checkout.session", id, "session"));
  }

  void expire(CheckoutSession session) {
    session.status = "expired";
    session.authenticating = null;
    if (session.takesPayment() && session.paymentIntent != null) {
      payments.cancel(account.paymentIntent(session.paymentIntent), "expired");
    }
    events.emit("checkout.session.expired", session);
  }

  boolean needsCard(CheckoutSession session) {
    return session.paymentMethodCollection.equals("always") || amounts.amountDue(session) > 0;
  }

  /**
   * Submits the page's form.
   *
   * @return null when the session is complete or asks to authenticate, else why the card was refused
   */
  @Nullable
  Decline submit(CheckoutSession session, PageForm form) {
    if (combinesCurrencies(session)) {
      return Decline.OTHER_CURRENCY;
    }
    session.collectedEmail = form.email();
    session.collectedName = form.name().isEmpty() ? null : form.name();
    if (!needsCard(session) && (session.takesPayment() || form.number().isBlank())) {
      complete(session, null, null);
      return null;
    }
    CardDetails details;
    try {
      details = CardDetails.parse(form.number(), form.expiry(), form.cvc(), account.now);
    } catch (CardDetails.Refused refused) {
      return refused.decline;
    }
    TestCard card = details.card();
    PaymentMethod method = payments.method(
        card, details.expMonth(), details.expYear(), form.email(), session.collectedName);
    boolean charging = amounts.amountDue(session) > 0;
    Decline decline = card.declineAtPage();
    if (decline == null && !card.asksAtPage() && !session.ofGuest()) {
      customer(session);
    }
    PaymentIntent intent = charging ? paymentIntent(session) : null;
    SetupIntent setup = charging ? null : setupIntent(session);
    if (decline != null) {
      refuse(intent, setup, method, decline);
      return decline;
    }
    if (card.asksAtPage()) {
      session.authenticating = method.id;
      if (intent != null) {
        payments.askToAuthenticate(intent, method, null);
      } else if (setup != null) {
        setup.status = "requires_action";
        setup.paymentMethod = method.id;
        events.emit("setup_intent.requires_action", setup);
      }
      return null;
    }
    complete(session, method, intent);
    return null;
  }

  // Another session of the customer may have been paid since this one was made.
  private boolean combinesCurrencies(CheckoutSession session) {
    String used = session.customer == null ? null : account.customer(session.customer).currency;
    return !session.takesPayment() && used != null && !used.equals(session.currency);
  }

  /** Answers the card issuer's question; null when the session is complete. */
  @Nullable
  Decline authenticate(CheckoutSession session, boolean approved) {
    PaymentMethod method = account.paymentMethod(Objects.requireNonNull(session.authenticating));
    session.authenticating = null;
    boolean charging = amounts.amountDue(session) > 0;
    PaymentIntent intent = charging ? paymentIntent(session) : null;
    if (approved) {
      complete(session, method, intent);
      return null;
    }
    if (intent != null) {
      payments.failAuthentication(intent, method);
      return Decline.AUTHENTICATION_FAILED;
    }
    refuse(null, setupIntent(session), method, Decline.SETUP_AUTHENTICATION_FAILED);
    return Decline.SETUP_AUTHENTICATION_FAILED;
  }

  private void refuse(
      @Nullable PaymentIntent intent,
      @Nullable SetupIntent setup,
      PaymentMethod method,
      Decline decline) {
    if (intent != null) {
      payments.decline(intent, method, decline);
    } else if (setup != null) {
      setup.status = "requires_payment_method";
      setup.paymentMethod = null;
      setup.lastError = decline;
      events.emit("setup_intent.setup_failed", setup);
    }
  }

  private PaymentIntent paymentIntent(CheckoutSession session) {
    if (session.paymentIntent != null) {
      PaymentIntent known = account.paymentIntent(session.paymentIntent);
      // A code or a place may have been entered since.
      known.amount = amounts.amountDue(session);
      return known;
    }
    PaymentIntent intent = payments.intent(
        amounts.amountDue(session),
        session.currency,
        session.customer,
        session.takesPayment() ? session.paymentDescription : "Subscription creation");
    if (session.takesPayment()) {
      intent.setupFutureUsage = null;
      intent.metadata.putAll(session.paymentMetadata);
    }
    session.paymentIntent = intent.id;
    events.emit("payment_intent.created", intent);
    return intent;
  }

  private SetupIntent setupIntent(CheckoutSession session) {
    if (session.setupIntent != null) {
      return account.setupIntent(session.setupIntent);
    }
    SetupIntent intent = account.begin(new SetupIntent(), "seti_", 24);
    intent.customer = session.customer;
    account.setupIntents.put(intent.id, intent);
    session.setupIntent = intent.id;
    events.emit("setup_intent.created", intent);
    return intent;
  }

  private void complete(
      CheckoutSession session, @Nullable PaymentMethod method, @Nullable PaymentIntent intent) {
    if (session.takesPayment()) {
      completePayment(session, method, intent);
      return;
    }
    Customer customer = customer(session);
    if (method != null) {
      payments.attach(method, customer);
    }
    if (intent != null && method != null) {
      intent.customer = customer.id;
      payments.succeed(intent, method);
    } else if (method != null) {
      SetupIntent setup = setupIntent(session);
      setup.customer = customer.id;
      setup.paymentMethod = method.id;
      setup.status = "succeeded";
      setup.lastError = null;
      events.emit("setup_intent.succeeded", setup);
    }
    events.updating("customer.updated", customer, () -> {
      customer.currency = session.currency;
      if (session.updatesCustomerName && session.collectedName != null) {
        customer.name = session.collectedName;
      }
      moveTo(customer, session);
    });
    Subscription subscription = subscriptions.begin(customer, session, method);
    discounts.redeem(subscription, session);
    Invoice invoice =
        invoicing.draft(subscription, "subscription_create", account.now, account.now);
    invoice.autoAdvance = false;
    events.emit("customer.subscription.created", subscription);
    events.emit("invoice.created", invoice);
    invoicing.finalizeNow(invoice);
    if (intent != null) {
      ObjectNode finalized = events.snapshot(invoice);
      invoicing.link(invoice, intent);
      events.emitIfChanged("invoice.updated", invoice, finalized);
      invoicing.pay(invoice, intent);
    }
    session.status = "complete";
    session.paymentStatus = session.hasTrial() || intent == null ? "no_payment_required" : "paid";
    session.customer = customer.id;
    session.subscription = subscription.id;
    session.invoice = invoice.id;
    events.emit("checkout.session.completed", session);
    if (subscription.trialReminderAt != null && subscription.trialReminderAt <= account.now) {
      subscriptions.remindOfTrialEnd(subscription);
    }
  }

  private static void moveTo(Customer customer, CheckoutSession session) {
    if (session.updatesCustomerAddress && session.collectedAddress != null) {
      customer.address = session.collectedAddress;
    }
  }

  /** A card that pays once is not saved. */
  private void completePayment(
      CheckoutSession session, @Nullable PaymentMethod method, @Nullable PaymentIntent intent) {
    Customer customer = session.ofGuest() ? null : customer(session);
    if (intent != null && method != null) {
      intent.customer = customer == null ? null : customer.id;
      payments.succeed(intent, method);
    }
    if (customer != null) {
      events.updating("customer.updated", customer, () -> {
        if (session.updatesCustomerName && session.collectedName != null) {
          customer.name = session.collectedName;
        }
        moveTo(customer, session);
      });
    }
    session.status = "complete";
    session.paymentStatus = intent == null ? "no_payment_required" : "paid";
    events.emit("checkout.session.completed", session);
  }

  private Customer customer(CheckoutSession session) {
    if (session.customer != null) {
      return account.customer(session.customer);
    }
    Customer customer = Customers.begin(account);
    customer.email = session.collectedEmail;
    customer.name = session.collectedName;
    customer.address = session.collectedAddress;
    if (!session.takesPayment()) {
      customer.currency = session.currency;
    }
    session.customer = customer.id;
    events.emit("customer.created", customer);
    return customer;
  }
}
