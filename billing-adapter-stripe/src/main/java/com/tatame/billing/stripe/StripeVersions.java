package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.stripe.Stripe;
import com.stripe.param.EventListParams;
import com.stripe.param.WebhookEndpointListParams;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds out which API versions are in play. */
final class StripeVersions {
  private static final long PAGE = 100;

  private final StripeCalls calls;

  StripeVersions(StripeCalls calls) {
    this.calls = calls;
  }

  StripeGateway.ApiVersions read() {
    EventListParams latest = EventListParams.builder().setLimit(1L).build();
    WebhookEndpointListParams all =
        WebhookEndpointListParams.builder().setLimit(PAGE).build();
    Answer events = calls.send("events.list", client -> client.v1().events().list(latest));
    Answer endpoints = calls.send(
        "webhook_endpoints.list", client -> client.v1().webhookEndpoints().list(all));
    Optional<String> account = Optional.empty();
    for (JsonElement event : data(events)) {
      account = text(event.getAsJsonObject(), "api_version");
    }
    SortedMap<String, Optional<String>> pinned = new TreeMap<>();
    for (JsonElement endpoint : data(endpoints)) {
      text(endpoint.getAsJsonObject(), "url")
          .ifPresent(url -> pinned.put(url, text(endpoint.getAsJsonObject(), "api_version")));
    }
    return new StripeGateway.ApiVersions(Stripe.API_VERSION, account, pinned);
  }

  private static Iterable<JsonElement> data(Answer answer) {
    return answer.live().map(body -> body.getAsJsonArray("data")).orElseThrow();
  }

  private static Optional<String> text(JsonObject object, String name) {
    return Optional.ofNullable(object.get(name))
        .filter(JsonElement::isJsonPrimitive)
        .map(JsonElement::getAsString);
  }
}
