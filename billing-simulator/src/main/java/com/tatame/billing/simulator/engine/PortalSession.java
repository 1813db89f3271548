package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class PortalSession extends StripeObject {
  String customer = "";
  String configuration = "";

  @Nullable
  String returnUrl;

  @Nullable
  String locale;

  @Nullable
  String flow;

  @Nullable
  String subscription;
}
