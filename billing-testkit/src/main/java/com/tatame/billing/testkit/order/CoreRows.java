package com.tatame.billing.testkit.order;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.subscription.Subscription;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Mirrored objects under the names of {@link ProviderTruth}. */
public final class CoreRows {
  private final Map<String, String> rows = new TreeMap<>();

  private CoreRows() {}

  /** The rows of these objects. */
  public static Map<String, String> of(Iterable<ProviderObject> states) {
    CoreRows rows = new CoreRows();
    states.forEach(rows::put);
    return rows.rows;
  }

  private void put(ProviderObject state) {
    if (state instanceof Customer customer) {
      put(state, "email", customer.email());
      put(state, "name", customer.name());
      put(state, "delinquent", customer.delinquent());
    } else if (state instanceof Subscription subscription) {
      putSubscription(subscription);
    } else if (state instanceof Invoice invoice) {
      putInvoice(invoice);
    } else if (state instanceof CheckoutSession session) {
      putSession(session);
    } else if (state instanceof Product product) {
      put(state, "name", product.name());
      put(state, "active", product.active());
    } else if (state instanceof Price price) {
      put(state, "unit_amount", price.unitAmount());
      put(state, "currency", price.currency());
      put(state, "lookup_key", price.lookupKey());
      put(state, "active", price.active());
    }
  }

  private void putSubscription(Subscription subscription) {
    put(subscription, "status", subscription.status().code());
    put(subscription, "customer", subscription.customerId());
    put(subscription, "created", subscription.createdAt());
    put(subscription, "cancel_at_period_end", subscription.cancelAtPeriodEnd());
    put(subscription, "cancel_at", subscription.cancelAt());
    put(subscription, "canceled_at", subscription.canceledAt());
    put(subscription, "ended_at", subscription.endedAt());
    put(subscription, "trial_start", subscription.trialStart());
    put(subscription, "trial_end", subscription.trialEnd());
    put(subscription, "current_period_start", subscription.currentPeriodStart());
    put(subscription, "current_period_end", subscription.currentPeriodEnd());
    put(subscription, "quantity", subscription.mainItem().quantity());
    put(subscription, "price", subscription.mainItem().priceId());
  }

  private void putInvoice(Invoice invoice) {
    put(invoice, "status", invoice.status().code());
    put(invoice, "customer", invoice.customerId());
    put(invoice, "number", invoice.number());
    put(invoice, "total", invoice.total());
    put(invoice, "amount_due", invoice.amountDue());
    put(invoice, "amount_paid", invoice.amountPaid());
    put(invoice, "attempt_count", invoice.attemptCount());
    put(invoice, "next_payment_attempt", invoice.nextPaymentAttempt());
    put(invoice, "period_start", invoice.periodStart());
    put(invoice, "period_end", invoice.periodEnd());
    put(invoice, "finalized_at", invoice.finalizedAt());
    put(invoice, "paid_at", invoice.paidAt());
    put(invoice, "voided_at", invoice.voidedAt());
  }

  // The record has one truth for two of the provider's values: paid, and nothing to pay.
  private void putSession(CheckoutSession session) {
    put(session, "status", session.status().code());
    put(session, "paid", session.paid());
    put(session, "customer", session.customerId());
    put(session, "subscription", session.subscriptionId());
    put(session, "url", session.url());
  }

  private void put(ProviderObject object, String name, Object value) {
    Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
    String text = present instanceof Instant instant
        ? Long.toString(instant.getEpochSecond())
        : present == null ? "-" : present.toString();
    rows.put(object.id() + "." + name, text);
  }
}
