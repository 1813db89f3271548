package com.tatame.billing.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Calls the simulated account, and says in the core's words what a refusal means. */
final class SimulatedCalls {
  static final String VERSION = "2026-07-29.dahlia";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAGE = "100";
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Set<Integer> WITHOUT_EFFECT = Set.of(409, 429);

  private final Function<Request, ApiResponse> api;
  private volatile boolean reachable = true;

  SimulatedCalls(Function<Request, ApiResponse> api) {
    this.api = api;
  }

  /**
   * A successful answer.
   *
   * @param at the simulated time
   * @param replayed whether it is the one that the idempotency key was given before
   */
  record Success(JsonNode body, Instant at, boolean replayed) {}

  Success get(String path, Map<String, Object> parameters) {
    return succeed(request("GET", path, parameters, Optional.empty()));
  }

  Success post(String path, Map<String, Object> parameters, String idempotencyKey) {
    return succeed(request("POST", path, parameters, Optional.of(idempotencyKey)));
  }

  /** A question that is put as a POST, or a mutation that may happen twice. */
  Success post(String path, Map<String, Object> parameters) {
    return succeed(request("POST", path, parameters, Optional.empty()));
  }

  Success delete(String path, Map<String, Object> parameters) {
    return succeed(request("DELETE", path, parameters, Optional.empty()));
  }

  /** The answer to a read; a body without an id stands for an object that isn't there. */
  Success find(String path) {
    return find(path, Map.of());
  }

  /** As {@link #find(String)}, with parameters. */
  Success find(String path, Map<String, Object> parameters) {
    Request request = request("GET", path, parameters, Optional.empty());
    ApiResponse answer = send(request);
    return answer.status() == 404
        ? new Success(JSON.createObjectNode(), answer.at(), false)
        : success(request, answer);
  }

  /**
   * Reads a list page by page.
   *
   * @param each takes a page and says whether to go on
   */
  void list(String path, Map<String, Object> filter, Predicate<Success> each) {
    Map<String, Object> parameters = new HashMap<>(filter);
    parameters.put("limit", PAGE);
    boolean more = true;
    while (more) {
      Success page = get(path, parameters);
      JsonNode data = page.body().path("data");
      more = each.test(page) && page.body().path("has_more").asBoolean();
      if (more) {
        parameters.put("starting_after", data.path(data.size() - 1).path("id").asText());
      }
    }
  }

  private Success succeed(Request request) {
    return success(request, send(request));
  }

  private ApiResponse send(Request request) {
    ApiResponse answer = api.apply(request);
    reachable = answer.status() < 500;
    return answer;
  }

  boolean reachable() {
    return reachable;
  }

  private static Success success(Request request, ApiResponse answer) {
    if (answer.status() != 200) {
      throw failure(request, answer, parse(answer.body()).path("error"));
    }
    return new Success(parse(answer.body()), answer.at(), answer.replayed());
  }

  private static Request request(
      String method, String path, Map<String, Object> parameters, Optional<String> key) {
    return new Request(method, path, parameters, key, Optional.of(VERSION));
  }

  static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON", e);
    }
  }

  // The account's own words are left out: they may quote what a user typed.
  private static BillingException failure(Request request, ApiResponse answer, JsonNode error) {
    int status = answer.status();
    String code = error.path("code").asText(error.path("type").asText());
    String what = request.method() + " (HTTP " + status + ", " + code + ")";
    if (status == 402) {
      String reason = error.path("decline_code").asText(code);
      return new PaymentDeclined(reason, "The payment was declined: " + reason + ".");
    }
    if (status >= 500 || WITHOUT_EFFECT.contains(status)) {
      return new ProviderUnavailable(
          execution(answer), SOON, "The simulated provider could not answer " + what + ".");
    }
    Optional<String> parameter =
        Optional.ofNullable(error.get("param")).filter(JsonNode::isTextual).map(JsonNode::asText);
    return new ProviderRejected(code, parameter, "The simulated provider refused " + what + ".");
  }

  /** The fault that an outage is to the simulated account. */
  static Fault.When when(ProviderControl.Outage outage) {
    return switch (outage) {
      case NOT_EXECUTED -> Fault.When.BEFORE;
      case ANSWER_LOST -> Fault.When.LOST;
      case FAILURE_KEPT -> Fault.When.AFTER;
    };
  }

  private static Execution execution(ApiResponse failed) {
    if (failed.status() < 500) {
      return Execution.NOT_EXECUTED;
    }
    return failed.replayed() ? Execution.REPLAYED_FAILURE : Execution.UNKNOWN;
  }
}
