package com.tatame.billing.entitlement;

import com.tatame.billing.observation.WireName;

/** Where units are taken from. */
public enum PriceBand implements WireName {
  /** What costs nothing: what the plan includes, and what grants give. */
  INCLUDED,
  /** Beyond it, at a discount. */
  OVERAGE,
  /** Beyond that, too, at the whole price. */
  FULL_PRICE
}
