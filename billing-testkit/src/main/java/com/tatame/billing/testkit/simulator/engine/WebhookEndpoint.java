package com.tatame.billing.testkit.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class WebhookEndpoint extends StripeObject {
  String url = "";
  List<String> secrets = new ArrayList<>();
  List<String> enabledEvents = new ArrayList<>();
  boolean enabled = true;

  @Nullable
  String apiVersion;

  @Nullable
  String description;

  boolean wants(String type) {
    return enabled && (enabledEvents.contains("*") || enabledEvents.contains(type));
  }
}
