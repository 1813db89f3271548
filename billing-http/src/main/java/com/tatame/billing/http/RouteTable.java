package com.tatame.billing.http;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every URL of the product: the server is wired from it, and its description generated. */
final class RouteTable {
  private RouteTable() {}

  /** The canonical routes, then the paths of earlier applications. */
  static List<Route> all() {
    List<Route> all = new ArrayList<>(canonical());
    all.addAll(LegacyPaths.of(all));
    return List.copyOf(all);
  }

  private static List<Route> canonical() {
    return Stream.of(
            HealthHandlers.routes(),
            DocumentHandlers.routes(),
            WebhookHandlers.routes(),
            ProductHandlers.routes(),
            CustomerHandlers.routes(),
            CheckoutHandlers.routes(),
            SubscriptionHandlers.routes(),
            BillingEventHandlers.routes(),
            AuditHandlers.routes(),
            EventHandlers.routes(),
            EventEndpointHandlers.routes(),
            SubscriberHandlers.routes(),
            EmailHandlers.routes(),
            MailPreferenceHandlers.routes(),
            DeliveryReportHandlers.routes(),
            InboxHandlers.routes(),
            DriftHandlers.routes(),
            CommandHandlers.routes(),
            ApiKeyHandlers.routes(),
            EntitlementHandlers.routes(),
            UsageHandlers.routes(),
            ConversationHandlers.routes(),
            CheckInHandlers.routes(),
            GrantHandlers.routes(),
            DiscountHandlers.routes(),
            MeteringHandlers.routes(),
            PurchaseHandlers.routes(),
            PaymentIntentHandlers.routes(),
            RefundHandlers.routes(),
            AnonymousSessionHandlers.routes(),
            PaymentMethodHandlers.routes(),
            PortalHandlers.routes(),
            TaxHandlers.routes(),
            CouponHandlers.routes(),
            InvoiceHandlers.routes(),
            ChangeHandlers.routes(),
            DuplicateHandlers.routes(),
            TrialHandlers.routes())
        .flatMap(List::stream)
        .toList();
  }
}
