package com.tatame.billing.mail;

import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.invoice.InvoiceStore;
import com.tatame.billing.payment.PaymentIntentStore;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.refund.RefundStore;
import com.tatame.billing.subscription.SubscriptionStore;

/** What mails are about, as it is known when they are sent. */
public record MailSubjects(
    CustomerStore customers,
    SubscriptionStore subscriptions,
    InvoiceStore invoices,
    PaymentIntentStore payments,
    RefundStore refunds,
    PurchaseStore purchases,
    Entitlements entitlements) {}
