package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class CheckoutSession extends StripeObject {
  String mode = "subscription";
  String status = "open";
  String paymentStatus = "unpaid";
  String successUrl = "";
  String currency = "";
  List<LineItem> lineItems = new ArrayList<>();
  long expiresAt;

  @Nullable
  String cancelUrl;

  @Nullable
  String customer;

  @Nullable
  String customerEmail;

  @Nullable
  String clientReferenceId;

  @Nullable
  String subscription;

  @Nullable
  String invoice;

  @Nullable
  String customerCreation;

  @Nullable
  String billingAddressCollection;

  @Nullable
  String locale;

  @Nullable
  Boolean allowPromotionCodes;

  String paymentMethodCollection = "always";
  boolean automaticTax;
  boolean taxIdCollection;
  boolean phoneNumberCollection;
  boolean updatesCustomerName;
  boolean updatesCustomerAddress;

  /** Where the buyer says to be, on the page. */
  @Nullable
  Map<String, String> collectedAddress;

  @Nullable
  String collectedEmail;

  @Nullable
  String collectedName;

  @Nullable
  Long trialDays;

  @Nullable
  Long trialEnd;

  String missingPaymentMethod = "create_invoice";
  String billingMode = "flexible";

  @Nullable
  String subscriptionDescription;

  Map<String, String> subscriptionMetadata = new LinkedHashMap<>();
  Map<String, String> paymentMetadata = new LinkedHashMap<>();

  @Nullable
  String paymentDescription;

  /** The attempt at the page: kept over declines, and hidden until the session completes. */
  @Nullable
  String paymentIntent;

  @Nullable
  String coupon;

  @Nullable
  String promotionCode;

  @Nullable
  String setupIntent;
  /** Set while the card holder is asked to authenticate. */
  @Nullable
  String authenticating;

  boolean takesPayment() {
    return mode.equals("payment");
  }

  /** Whether the buyer has no customer and gets none. */
  boolean ofGuest() {
    return takesPayment() && customer == null && !"always".equals(customerCreation);
  }

  boolean hasTrial() {
    return trialDays != null || trialEnd != null;
  }

  /** One price and how many of it. */
  record LineItem(String id, String price, long quantity) {}
}
