package com.tatame.billing.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a handler answers: the shell adds what all answers have in common. */
record Answer(int status, String contentType, String body, Map<String, String> headers) {
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

  static Answer problem(Problem problem) {
    return new Answer(problem.status(), PROBLEM, Json.text(problem), Map.of());
  }

  /** This answer with one more header. */
  Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, contentType, body, more);
  }
}
