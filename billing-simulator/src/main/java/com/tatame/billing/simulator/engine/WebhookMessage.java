package com.tatame.billing.simulator.engine;

import java.util.List;

/** A webhook as it is sent: the same bytes on every attempt. Its text form hides secrets and content. */
public record WebhookMessage(String url, String body, List<String> secrets) {
  @Override
  public String toString() {
    return "WebhookMessage[" + url + "]";
  }
}
