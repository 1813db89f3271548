package com.tatame.billing.sandbox;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.checkout.Confirmation;
import com.tatame.billing.checkout.ItemRequest;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.invoice.Invoices;
import com.tatame.billing.money.Money;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.Subscriptions;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.util.Optional;

/** What a person's click does, through the use cases, and the sentence that tells how it went. */
final class PageActions {
  private static final String RETURN = "/?checkout={CHECKOUT_SESSION_ID}";
  private static final int CONFIRM_LOOKS = 50;
  private static final Duration CONFIRM_PAUSE = Duration.ofMillis(100);

  private final Billing billing;
  private final TimeMachine timeMachine;
  private final String issuer;

  PageActions(Billing billing, TimeMachine timeMachine, String issuer) {
    this.billing = billing;
    this.timeMachine = timeMachine;
    this.issuer = issuer;
  }

  void signIn(Context context) {
    String user = field(context, "user");
    if (!TestUsers.SUBJECTS.contains(user)) {
      Visitor.goHome(context, false, "There is no such test user.");
      return;
    }
    Visitor.signIn(context, user);
    Visitor.session(context).ifPresent(token -> claim(context, user, token));
    context.redirect("/", HttpStatus.SEE_OTHER);
  }

  // What was said as a visitor goes on as the user's, unless it is another's by now.
  private void claim(Context context, String user, String token) {
    try {
      billing.anonymousSessions().claim(TestUsers.principal(user, issuer), token);
    } catch (ValidationFailed | Conflict e) {
      Visitor.goHome(context, false, String.valueOf(e.getMessage()));
    }
    Visitor.endSession(context);
  }

  void checkout(Context context) {
    Checkouts.Opened opened = billing
        .checkouts()
        .open(
            TestUsers.principal(Visitor.signedIn(context), issuer),
            new CheckoutRequest(
                Optional.of(field(context, "tier")),
                BillingInterval.of(field(context, "interval")),
                Optional.empty(),
                1,
                Visitor.ownUrl(context) + RETURN,
                Visitor.ownUrl(context) + "/",
                Optional.empty()));
    context.redirect(
        opened.url().orElse("/?checkout=" + opened.session().id()), HttpStatus.SEE_OTHER);
  }

  void buyItem(Context context) {
    Checkouts.Sold sold = billing
        .checkouts()
        .open(
            TestUsers.principal(Visitor.signedIn(context), issuer),
            new ItemRequest(
                field(context, "item"),
                Visitor.ownUrl(context) + RETURN,
                Visitor.ownUrl(context) + "/",
                Optional.empty()));
    if (sold.url().isPresent()) {
      context.redirect(sold.url().get(), HttpStatus.SEE_OTHER);
    } else {
      Visitor.goHome(context, true, sold.free().map(this::owned).orElse("It is yours."));
    }
  }

  /** Tells who comes back from a checkout how it ended; never too early, it waits until that is known. */
  void welcomeBack(Context context, AccountId account, String session) {
    Confirmation confirmation = billing.checkouts().confirm(account, session);
    for (int i = 0;
        i < CONFIRM_LOOKS && confirmation.status() == Confirmation.Status.PENDING;
        i++) {
      timeMachine.pause(CONFIRM_PAUSE);
      confirmation = billing.checkouts().confirm(account, session);
    }
    Optional<Purchase> purchase = confirmation.purchase();
    boolean paid = confirmation.status() == Confirmation.Status.PAID;
    String text = switch (confirmation.status()) {
      case PAID ->
        "Thank you! "
            + confirmation
                .subscription()
                .map(StatusText::outlook)
                .or(() -> purchase.map(this::owned))
                .orElse("Your plan is active.");
      case PENDING -> "The payment is not confirmed yet. This page updates by itself.";
      case FAILED -> "The payment failed and nothing was charged. Please try another card.";
      case EXPIRED -> "That checkout has expired. Choose a plan to start again.";
    };
    Visitor.goHome(context, paid, text);
  }

  private String owned(Purchase purchase) {
    String name = billing.catalog().item(purchase.sale().item()).map(Item::name).orElse("It");
    String price = purchase.amount().amount() == 0
        ? "There was nothing to pay."
        : "You paid " + StatusText.amount(purchase.amount()) + ".";
    return "\u201c" + name + "\u201d is yours. " + price;
  }

  void cancel(Context context) {
    Cancellation when = Cancellation.of(field(context, "when")).orElse(Cancellation.PERIOD_END);
    Subscription subscription = billing
        .subscriptions()
        .cancel(Visitor.account(context), field(context, "subscription"), when, Optional.empty());
    Visitor.goHome(context, true, "Canceled. " + StatusText.outlook(subscription));
  }

  void resume(Context context) {
    Subscription subscription =
        billing.subscriptions().resume(Visitor.account(context), field(context, "subscription"));
    Visitor.goHome(context, true, "You keep it. " + StatusText.outlook(subscription));
  }

  void change(Context context) {
    AccountId account = Visitor.account(context);
    Subscription changed = billing
        .subscriptions()
        .change(account, field(context, "subscription"), field(context, "quote"));
    Subscriptions.Shown shown = billing.subscriptions().show(account, changed);
    String text;
    if (shown.scheduledChange().isPresent()) {
      text = "Planned. It changes on "
          + StatusText.date(shown.scheduledChange().get().at())
          + "; until then all stays as it is.";
    } else if (shown.paymentAction().isPresent()) {
      text = "Your bank wants to hear from you first: pay the open invoice below.";
    } else {
      String name =
          changed.tier().flatMap(billing.catalog()::plan).map(Plan::name).orElse("it");
      text = "Changed. You have " + name + " now.";
    }
    Visitor.goHome(context, true, text);
  }

  void use(Context context) {
    String feature = field(context, "feature");
    AccountId account = Visitor.account(context);
    ConsumeResult result = billing
        .entitlements()
        .consume(account, new Use(feature, 1, Optional.empty(), Optional.empty()));
    if (result instanceof ConsumeResult.Denied denied) {
      Decision decision = denied.decision();
      Visitor.goHome(
          context,
          false,
          "There is no " + StatusText.label(feature) + " left: " + StatusText.standing(decision)
              + "."
              + decision
                  .upgrade()
                  .map(plan -> " " + plan.name() + " gives more.")
                  .orElse(""));
      return;
    }
    Visitor.goHome(
        context,
        true,
        "Used one " + StatusText.label(feature) + ": "
            + StatusText.standing(billing.entitlements().check(account, feature)) + ".");
  }

  void pay(Context context) {
    Invoices.Shown shown =
        billing.invoices().pay(Visitor.account(context), field(context, "invoice"));
    boolean paid = shown.invoice().status() == InvoiceStatus.PAID;
    timeMachine.settle();
    Visitor.goHome(
        context,
        paid,
        paid
            ? "Paid "
                + StatusText.amount(
                    new Money(shown.invoice().amountPaid(), shown.invoice().currency()))
                + ". Thank you!"
            : "Your bank wants to hear from you first: open the invoice and confirm it there.");
  }

  void portal(Context context) {
    String visit = billing
        .portal()
        .open(
            TestUsers.principal(Visitor.signedIn(context), issuer),
            Visitor.ownUrl(context) + "/",
            Optional.empty(),
            Optional.empty());
    context.redirect(visit, HttpStatus.SEE_OTHER);
  }

  void clock(Context context) {
    String move = Optional.ofNullable(context.formParam("move")).orElse("P1D");
    var now = move.equals("renewal")
        ? timeMachine.toNextRenewal(Visitor.subject(context).map(AccountId::new))
        : timeMachine.advance(move);
    Visitor.goHome(context, true, "It is now " + StatusText.exact(now) + ".");
  }

  static String field(Context context, String name) {
    return Optional.ofNullable(context.formParam(name)).orElse("");
  }
}
