package com.tatame.billing.mail;

import com.tatame.billing.observation.WireName;

/** How far a mail is. The names are stored and must never change. */
public enum MailStatus implements WireName {
  /** To be sent once it is due, or again after a pause. */
  PLANNED,
  /** On its way to the service at this moment. */
  SENDING,
  /** The service has it. */
  SENT,
  /** The service refuses it, and would again. */
  REFUSED,
  /** It is not sent, see {@link SuppressionReason}. */
  SUPPRESSED,
  /** It may have been sent: the answer was lost, or the program died while it waited for it. */
  UNKNOWN
}
