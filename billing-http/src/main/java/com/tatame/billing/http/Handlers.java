package com.tatame.billing.http;

/** All that do routes, by what they are about. */
record Handlers(
    HealthHandlers health,
    DocumentHandlers documents,
    ProductHandlers products,
    CustomerHandlers customers,
    CheckoutHandlers checkouts,
    PurchaseHandlers purchases,
    PaymentIntentHandlers paymentIntents,
    RefundHandlers refunds,
    AnonymousSessionHandlers anonymousSessions,
    SubscriptionHandlers subscriptions,
    InvoiceHandlers invoices,
    PaymentMethodHandlers paymentMethods,
    PortalHandlers portal,
    CouponHandlers coupons,
    TaxHandlers taxes,
    ChangeHandlers changes,
    EntitlementHandlers entitlements,
    WebhookHandlers webhooks,
    InboxHandlers inbox,
    DriftHandlers drift,
    DuplicateHandlers duplicates,
    TrialHandlers trials,
    BillingEventHandlers billingEvents,
    CommandHandlers commands,
    ApiKeyHandlers apiKeys) {}
