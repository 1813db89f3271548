package com.tatame.billing.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a handler answers: the shell adds what all answers have in common.
 *
 * @param keptBody what a repeated request is told; empty for the same
 */
record Answer(
    int status,
    String contentType,
    String body,
    Map<String, String> headers,
    Optional<String> keptBody) {
  Answer(int status, String contentType, String body, Map<String, String> headers) {
    this(status, contentType, body, headers, Optional.empty());
  }

  static final String JSON = "application/json";
  static final String PROBLEM = "application/problem+json";

  static Answer ok(Object body) {
    return json(200, body);
  }

  static Answer json(int status, Object body) {
    return new Answer(status, JSON, Json.text(body), Map.of());
  }

  static Answer created(String location, Object body) {
    return json(201, body).with("Location", location);
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
    return new Answer(status, contentType, body, more, keptBody);
  }

  /** This answer, where its body holds what must not be kept for repetitions. */
  Answer keptAs(Object otherBody) {
    return new Answer(status, contentType, body, headers, Optional.of(Json.text(otherBody)));
  }
}
