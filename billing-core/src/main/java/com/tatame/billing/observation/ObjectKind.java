package com.tatame.billing.observation;

/** The provider's kinds of object that are mirrored. */
public enum ObjectKind {
  CUSTOMER,
  SUBSCRIPTION,
  INVOICE,
  CHECKOUT_SESSION,
  PRODUCT,
  PRICE
}
