package com.tatame.billing.observation;

/** The provider's kinds of object that are mirrored. */
public enum ObjectKind implements WireName {
  CUSTOMER,
  SUBSCRIPTION,
  INVOICE,
  CHECKOUT_SESSION,
  PRODUCT,
  PRICE,
  PAYMENT_METHOD,
  PAYMENT_INTENT,
  SETUP_INTENT,
  INVOICE_PAYMENT,
  REFUND,
  DISPUTE,
  COUPON,
  PROMOTION_CODE,
  TAX_ID,
  SUBSCRIPTION_SCHEDULE
}
