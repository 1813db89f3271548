package com.tatame.billing.mail;

import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.Decision.Allowance;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whether what is known contradicts a mail that is about to be sent. What isn't known contradicts
 * nothing, except where the mail is about something that must be there to be true.
 */
final class MailContradictions {
  private final MailSubjects subjects;
  private final CatalogInForce catalog;

  MailContradictions(MailSubjects subjects, CatalogInForce catalog) {
    this.subjects = subjects;
    this.catalog = catalog;
  }

  boolean contradict(PlannedMail mail) {
    return switch (mail.template()) {
      case WELCOME -> false;
      case SUBSCRIPTION_STARTED -> subscription(mail, Subscription::terminal);
      case SUBSCRIPTION_CHANGED ->
        subscription(mail, now -> now.terminal() || sellsOtherwise(mail, now));
      // Once it has ended, the mail about that tells it.
      case SUBSCRIPTION_CANCELED -> subscription(mail, now -> now.terminal() || !now.ends());
      case SUBSCRIPTION_ENDED -> subscription(mail, MailContradictions::goesOnOrNeverBegan);
      case TRIAL_ENDING -> subscription(mail, now -> !endsItsTrial(mail, now));
      case RECEIPT -> invoice(mail, status -> status != InvoiceStatus.PAID);
      case PAYMENT_FAILED ->
        invoice(mail, status -> status == InvoiceStatus.PAID || status == InvoiceStatus.VOID);
      case PAYMENT_ACTION_REQUIRED ->
        subjects
            .payments()
            .ofCustomer(mail.account(), mail.objectId())
            .filter(payment -> payment.status() != PaymentIntent.Status.REQUIRES_ACTION)
            .isPresent();
      case PURCHASE ->
        subjects
            .purchases()
            .find(mail.account(), mail.objectId())
            .filter(purchase -> purchase.status() == Purchase.Status.REFUNDED
                || purchase.status() == Purchase.Status.CANCELED)
            .isPresent();
      case REFUND ->
        subjects
            .refunds()
            .find(mail.objectId())
            .filter(given -> given.refund().status() == Refund.Status.FAILED
                || given.refund().status() == Refund.Status.CANCELED)
            .isPresent();
      case LIMIT_NEAR -> roomAgain(mail);
    };
  }

  private boolean subscription(PlannedMail mail, Predicate<Subscription> contradicts) {
    return subjects
        .subscriptions()
        .find(mail.account(), mail.objectId())
        .filter(contradicts)
        .isPresent();
  }

  private boolean invoice(PlannedMail mail, Predicate<InvoiceStatus> contradicts) {
    return subjects
        .invoices()
        .find(mail.account(), mail.objectId())
        .filter(invoice -> contradicts.test(invoice.status()))
        .isPresent();
  }

  // It was changed again, which has a mail of its own.
  private boolean sellsOtherwise(PlannedMail mail, Subscription now) {
    Optional<String> title =
        now.tier().flatMap(tier -> catalog.get().plan(tier)).map(Plan::name);
    return !title.equals(mail.content().title())
        || !now.interval().equals(mail.content().interval());
  }

  private static boolean goesOnOrNeverBegan(Subscription now) {
    return !now.terminal() || now.status() == SubscriptionStatus.INCOMPLETE_EXPIRED;
  }

  private static boolean endsItsTrial(PlannedMail mail, Subscription now) {
    return now.status() == SubscriptionStatus.TRIALING
        && !now.ends()
        && now.trialEnd().equals(mail.content().at());
  }

  private boolean roomAgain(PlannedMail mail) {
    Decision decision;
    try {
      decision = subjects.entitlements().check(mail.account(), mail.objectId());
    } catch (NotFound e) {
      // No plan has the feature any more.
      return true;
    }
    Optional<Long> told = mail.content().usage().map(MailContent.Usage::limit);
    Optional<Long> used = mail.content().usage().map(MailContent.Usage::used);
    Optional<Allowance> now = decision.allowance();
    return !now.flatMap(Allowance::limit).equals(told)
        || now.map(Allowance::used).orElse(0L) < used.orElse(0L);
  }
}
