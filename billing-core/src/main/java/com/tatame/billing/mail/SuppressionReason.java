package com.tatame.billing.mail;

import com.tatame.billing.observation.WireName;

/** Why a mail is not sent. The names are stored and must never change. */
public enum SuppressionReason implements WireName {
  /** What is known by now contradicts it, such as an invoice that is paid. */
  CONTRADICTED,
  /** It became due too long ago. A person may send it all the same. */
  TOO_OLD,
  /** The account's customer has no address. */
  NO_ADDRESS,
  /** The address is on the suppression list. */
  ADDRESS_SUPPRESSED,
  /** The account has switched its category off. */
  UNSUBSCRIBED
}
