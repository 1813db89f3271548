package com.tatame.billing.simulator.engine;

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

  /** Until when an older secret signs, too. */
  long olderSignsUntil = Long.MAX_VALUE;

  /** Its own delays before further attempts; null for those of the simulator. */
  @Nullable
  List<Long> retryMillis;

  void roll(String secret, long bothUntil, long now) {
    secrets = new ArrayList<>(signing(now));
    secrets.add(secret);
    if (secrets.size() > 2) {
      secrets.remove(0);
    }
    olderSignsUntil = bothUntil;
  }

  List<String> signing(long now) {
    return now < olderSignsUntil ? List.copyOf(secrets) : List.of(secrets.get(secrets.size() - 1));
  }

  boolean wants(String type) {
    return enabled && (enabledEvents.contains("*") || enabledEvents.contains(type));
  }
}
