package com.tatame.billing.entitlement;

import com.tatame.billing.observation.WireName;

/** Where units are taken from. */
public enum Place implements WireName {
  /** What the plan includes. */
  INCLUDED,
  /** Beyond it, at a discount. */
  OVERAGE,
  /** Beyond that, too, at the whole price. */
  FULL_PRICE
}
