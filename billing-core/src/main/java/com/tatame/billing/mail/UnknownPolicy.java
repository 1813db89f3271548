package com.tatame.billing.mail;

import com.tatame.billing.observation.WireName;

/** What is done about a mail of which can't be found out whether it was sent. */
public enum UnknownPolicy implements WireName {
  /** Nothing: a reader may miss a mail, and gets none twice. */
  LEAVE,
  /** It is sent once more: a reader may get it twice, and misses none. */
  RESEND
}
