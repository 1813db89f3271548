package com.tatame.billing.mail;

import com.tatame.billing.observation.WireName;

/**
 * What a mail is about. Each has its own text in every language; configuration, answers and file names
 * have its code, such as {@code payment_failed}.
 */
public enum MailTemplate implements WireName {
  WELCOME,
  SUBSCRIPTION_STARTED,
  SUBSCRIPTION_CHANGED,
  SUBSCRIPTION_CANCELED,
  SUBSCRIPTION_ENDED,
  TRIAL_ENDING,
  RECEIPT,
  PAYMENT_FAILED,
  PAYMENT_ACTION_REQUIRED,
  PURCHASE,
  REFUND,
  LIMIT_NEAR;

  /**
   * Whether its readers may switch it off. The others tell of their money or of their contract, and are
   * exempt from one-click unsubscription (RFC 8058).
   */
  public boolean optional() {
    return this == LIMIT_NEAR;
  }
}
