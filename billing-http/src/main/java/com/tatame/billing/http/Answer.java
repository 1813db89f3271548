package com.tatame.billing.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a handler answers: the shell adds what all answers have in common.
 *
 * @param keptBody what is kept for a repeated request; empty for the body itself
 * @param reopens whether a repeated request reads again what was not kept
 */
record Answer(
    int status,
    String contentType,
    String body,
    Map<String, String> headers,
    Optional<String> keptBody,
    boolean reopens) {
  static final String JSON = "application/json";
  static final String PROBLEM = "application/problem+json";
  private static final String RETRY_AFTER = "Retry-After";
  private static final String DEFAULT_RETRY_SECONDS = "5";

  Answer {
    // A client that is sent away must know when to come back, wherever the answer was made.
    if (isTemporary(status) && !headers.containsKey(RETRY_AFTER)) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(RETRY_AFTER, DEFAULT_RETRY_SECONDS);
      headers = more;
    }
  }

  Answer(int status, String contentType, String body, Map<String, String> headers) {
    this(status, contentType, body, headers, Optional.empty(), false);
  }

  /** Whether the same request may succeed a moment later, by what the status means. */
  static boolean isTemporary(int status) {
    return status == 429 || status == 503;
  }

  static Answer ok(Object body) {
    return json(200, body);
  }

  static Answer json(int status, Object body) {
    Answer whole = new Answer(status, JSON, Json.text(body), Map.of());
    return SecretFields.in(body.getClass()) ? whole.without(Json.withoutSecrets(body)) : whole;
  }

  private Answer without(String masked) {
    return masked.equals(body)
        ? this
        : new Answer(status, contentType, body, headers, Optional.of(masked), true);
  }

  static Answer created(String location, Object body) {
    return json(201, body).with("Location", location);
  }

  /**
   * An answer whose body is read from what is kept, and not before it is kept: a process that dies in
   * between has done nothing that a repeated request can't find.
   */
  static Answer openedOnceKept(int status, Object kept) {
    return new Answer(status, JSON, "", Map.of(), Optional.of(Json.text(kept)), true);
  }

  static Answer noContent() {
    return new Answer(204, JSON, "", Map.of());
  }

  static Answer problem(Problem problem) {
    return new Answer(problem.status(), PROBLEM, Json.text(problem), Map.of());
  }

  /** This answer with one more header. */
  Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, contentType, body, more, keptBody, reopens);
  }

  /** This answer with another body for replays, because its own holds a secret that is shown once. */
  Answer keptAs(Object otherBody) {
    return new Answer(status, contentType, body, headers, Optional.of(Json.text(otherBody)), false);
  }

  /** Whether its body is still to be read from what is kept. */
  boolean unopened() {
    return reopens && body.isEmpty();
  }

  /** The headers that may be kept: none that tells what the kept body leaves out. */
  Map<String, String> keptHeaders() {
    Map<String, String> kept = new LinkedHashMap<>(headers);
    keptBody.ifPresent(
        masked -> kept.values().removeIf(value -> body.contains(value) && !masked.contains(value)));
    return kept;
  }
}
