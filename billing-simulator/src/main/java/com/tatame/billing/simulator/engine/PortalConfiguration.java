package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the customer portal is set up; by default nothing may be done there. */
final class PortalConfiguration extends StripeObject {
  boolean active = true;
  long updated;

  @Nullable
  String name;

  @Nullable
  String defaultReturnUrl;

  @Nullable
  String headline;

  @Nullable
  String privacyPolicyUrl;

  @Nullable
  String termsOfServiceUrl;

  boolean customerUpdate;
  List<String> allowedUpdates = new ArrayList<>();
  boolean invoiceHistory;
  boolean paymentMethodUpdate;
  boolean cancel;
  String cancelMode = "at_period_end";
  String cancelProration = "none";
  boolean cancelReason;
  List<String> cancelReasons = new ArrayList<>();
  boolean update;
  List<String> updates = new ArrayList<>();
  String updateProration = "none";
  String trialUpdate = "end_trial";
  Map<String, List<String>> products = new LinkedHashMap<>();
}
