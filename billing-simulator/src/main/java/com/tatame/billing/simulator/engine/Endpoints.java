package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Webhook endpoints, and the list of events. */
final class Endpoints {
  static final Shape CREATE =
      Shape.of("url! enabled_events[]! api_version description metadata:map expand[] ~connect");
  static final Shape UPDATE =
      Shape.of("url enabled_events[] description metadata:map disabled:bool expand[]");
  static final Shape LIST = Shape.of(Lists.SHAPE);
  static final Shape LIST_EVENTS =
      Shape.of("type types[] created:range delivery_success:bool" + Lists.SHAPE);

  /** Events are listed for thirty days. */
  static final long LISTED_SECONDS = 30 * 86_400;

  /** So many endpoints an account has at most. */
  private static final int MAX_ENDPOINTS = 16;

  private final Account account;

  Endpoints(Account account) {
    this.account = account;
  }

  WebhookEndpoint create(
      String url, List<String> types, @Nullable String secret, @Nullable String apiVersion) {
    if (apiVersion != null) {
      ApiVersion.of(apiVersion);
    }
    WebhookEndpoint endpoint = account.begin(new WebhookEndpoint(), "we_", 24);
    endpoint.url = checked(url);
    endpoint.enabledEvents.addAll(types);
    endpoint.apiVersion = apiVersion;
    endpoint.secrets.add(secret == null ? account.newId("whsec_", 32) : secret);
    account.endpoints.put(endpoint.id, endpoint);
    return endpoint;
  }

  private static String checked(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // refused below
    }
    throw StripeException.invalid(
        "url_invalid", "url", "Invalid URL: An explicit scheme (such as https) must be provided.");
  }

  Outcome create(Call call) {
    Params params = call.params();
    if (account.endpoints.size() >= MAX_ENDPOINTS) {
      throw StripeException.refused(
          null, "You have reached the maximum of " + MAX_ENDPOINTS + " test webhook endpoints.");
    }
    checkTypes(params);
    WebhookEndpoint endpoint = create(
        params.required("url"), params.texts("enabled_events"), null, params.text("api_version"));
    endpoint.description = params.text("description");
    params.mergeMetadata(endpoint.metadata);
    ObjectNode answer = EventJson.endpoint(endpoint).put("secret", endpoint.secrets.get(0));
    return new Outcome.Ready(answer);
  }

  private static void checkTypes(Params params) {
    List<String> types = params.texts("enabled_events");
    if (types.isEmpty()) {
      throw StripeException.invalid(
          "parameter_invalid_empty",
          "enabled_events",
          "You must select at least one event, or pass ['*'] for all of them.");
    }
    for (int i = 0; i < types.size(); i++) {
      if (!types.get(i).matches("\\*|[a-z0-9_]+(\\.[a-z0-9_]+)+")) {
        String at = "enabled_events[" + i + "]";
        throw StripeException.invalid(null, at, "Invalid " + at + ": " + types.get(i));
      }
    }
  }

  WebhookEndpoint endpoint(String id) {
    return Optional.ofNullable(account.endpoints.get(id))
        .orElseThrow(() -> StripeException.missing("webhook endpoint", id, "webhook_endpoint"));
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(endpoint(call.id()));
  }

  Outcome update(Call call) {
    WebhookEndpoint endpoint = endpoint(call.id());
    Params params = call.params();
    if (params.given("url")) {
      endpoint.url = checked(params.required("url"));
    }
    if (params.has("enabled_events")) {
      checkTypes(params);
      endpoint.enabledEvents.clear();
      endpoint.enabledEvents.addAll(params.texts("enabled_events"));
    }
    params.ifPresent("description", value -> endpoint.description = value);
    endpoint.enabled = !params.flag("disabled", !endpoint.enabled);
    params.mergeMetadata(endpoint.metadata);
    return new Outcome.One(endpoint);
  }

  Outcome delete(Call call) {
    WebhookEndpoint endpoint = endpoint(call.id());
    account.endpoints.remove(endpoint.id);
    account.events.values().forEach(event -> event.undelivered.remove(endpoint.id));
    return new Outcome.Ready(Json.object()
        .put("id", endpoint.id)
        .put("object", "webhook_endpoint")
        .put("deleted", true));
  }

  Outcome list(Call call) {
    return Lists.page(account.endpoints.values(), endpoint -> true, call, "webhook endpoint");
  }

  Outcome retrieveEvent(Call call) {
    return new Outcome.One(Optional.ofNullable(account.events.get(call.id()))
        .filter(this::listed)
        .orElseThrow(() -> StripeException.missing("event", call.id(), "id")));
  }

  Outcome listEvents(Call call) {
    Params params = call.params();
    List<String> types = params.texts("types");
    if (types.size() > 20) {
      throw StripeException.invalid(
          null, "types", "Invalid array: types can have at most 20 elements.");
    }
    if (!types.isEmpty() && params.given("type")) {
      throw StripeException.invalid(
          null, "types", "You may only specify one of these parameters: type, types.");
    }
    String type = params.text("type");
    Boolean delivered = params.flag("delivery_success");
    return Lists.page(
        account.events.values(),
        event -> listed(event)
            && (types.isEmpty() || types.contains(event.type))
            && (type == null || matches(type, event.type))
            && (delivered == null || delivered == event.undelivered.isEmpty())
            && Lists.range(params, "created").test(event.created),
        call,
        "event");
  }

  private boolean listed(StripeEvent event) {
    return event.created >= account.now - LISTED_SECONDS
        && ApiVersion.of(event.apiVersion).hasEvent(event.type);
  }

  private static boolean matches(String pattern, String type) {
    return pattern.endsWith("*")
        ? type.startsWith(pattern.substring(0, pattern.length() - 1))
        : type.equals(pattern);
  }
}
