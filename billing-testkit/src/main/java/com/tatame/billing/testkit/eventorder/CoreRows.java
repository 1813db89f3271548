package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.TaxId;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoicePayment;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.payment.Dispute;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.SetupIntent;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.PromotionCode;
import com.tatame.billing.refund.Refund;
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
      put(state, "default_payment_method", customer.defaultPaymentMethodId());
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
    } else if (!putPayment(state)) {
      putPromotion(state);
    }
  }

  private boolean putPayment(ProviderObject state) {
    if (state instanceof PaymentIntent payment) {
      put(state, "status", payment.status().code());
      put(state, "customer", payment.customerId());
      put(state, "currency", payment.currency());
      put(state, "amount", payment.amount());
      put(state, "amount_received", payment.amountReceived());
      put(state, "payment_method", payment.paymentMethodId());
      put(state, "latest_charge", payment.latestChargeId());
      put(state, "canceled_at", payment.canceledAt());
    } else if (state instanceof SetupIntent setup) {
      put(state, "status", setup.status().code());
      put(state, "customer", setup.customerId());
      put(state, "payment_method", setup.paymentMethodId());
    } else if (state instanceof PaymentMethod method) {
      put(state, "customer", method.customerId());
      put(state, "type", method.type());
      put(state, "brand", method.brand());
      put(state, "last4", method.last4());
      put(state, "exp_month", method.expiryMonth());
      put(state, "exp_year", method.expiryYear());
    } else if (state instanceof InvoicePayment payment) {
      put(state, "status", payment.status().code());
      put(state, "invoice", payment.invoiceId());
      put(state, "amount_requested", payment.amountRequested());
      put(state, "amount_paid", payment.amountPaid());
      put(state, "payment_intent", payment.paymentIntentId());
      put(state, "paid_at", payment.paidAt());
      put(state, "canceled_at", payment.canceledAt());
    } else if (state instanceof Refund refund) {
      put(state, "status", refund.status().code());
      put(state, "payment_intent", refund.paymentIntentId());
      put(state, "charge", refund.chargeId());
      put(state, "amount", refund.amount());
      put(state, "reason", refund.reason());
    } else if (state instanceof Dispute dispute) {
      put(state, "status", dispute.status().code());
      put(state, "payment_intent", dispute.paymentIntentId());
      put(state, "charge", dispute.chargeId());
      put(state, "amount", dispute.amount());
      put(state, "reason", dispute.reason());
    } else {
      return false;
    }
    return true;
  }

  private void putPromotion(ProviderObject state) {
    if (state instanceof Coupon coupon) {
      put(state, "name", coupon.name());
      put(state, "duration", coupon.duration().code());
      put(state, "duration_in_months", coupon.durationInMonths());
      put(state, "max_redemptions", coupon.maxRedemptions());
      put(state, "times_redeemed", coupon.timesRedeemed());
      put(state, "redeem_by", coupon.redeemBy());
    } else if (state instanceof PromotionCode code) {
      put(state, "code", code.code());
      put(state, "active", code.active());
      put(state, "customer", code.customerId());
      put(state, "expires_at", code.expiresAt());
      put(state, "times_redeemed", code.timesRedeemed());
      put(state, "coupon", code.couponId());
    } else if (state instanceof TaxId taxId) {
      put(state, "customer", taxId.customerId());
      put(state, "type", taxId.type());
      put(state, "value", taxId.value());
      put(state, "status", taxId.verification().map(TaxId.Verification::code));
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
    put(subscription, "default_payment_method", subscription.defaultPaymentMethodId());
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
  }

  private void put(ProviderObject object, String name, Object value) {
    Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
    String text = present instanceof Instant instant
        ? Long.toString(instant.getEpochSecond())
        : present == null ? "-" : present.toString();
    rows.put(object.id() + "." + name, text);
  }
}
