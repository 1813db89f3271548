package com.tatame.billing.http;

import com.tatame.billing.failure.Suggestion;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Refuses query parameters that a route doesn't have, and a body where it takes none, so that a
 * misspelt filter is an error and not another answer. (Fields of bodies: {@link Json#request}.)
 */
final class KnownInputs {
  /** What analytics scripts and caches add to addresses. */
  static final List<String> ADDED_BY_PROXIES = List.of("utm_*", "_");

  private final List<String> ignored;

  /**
   * Ignores some parameters.
   *
   * @param ignored names, or beginnings of names that end in {@code *}
   */
  KnownInputs(List<String> ignored) {
    this.ignored = List.copyOf(ignored);
  }

  /** The handler behind this check, if the route is strict. */
  RouteHandler.Later checked(Route route, RouteHandler.Later handler) {
    if (!route.strict()) {
      return handler;
    }
    Set<String> known = route.input().parameters().stream()
        .filter(parameter -> parameter.in().equals("query"))
        .map(Route.Parameter::name)
        .collect(Collectors.toUnmodifiableSet());
    boolean takesBody = route.input().body().isPresent();
    return handler.after(call -> {
      check(known, call);
      if (!takesBody && call.rawBody().length > 0) {
        call.body(NoFields.class);
      }
    });
  }

  private record NoFields() {}

  private void check(Set<String> known, Call call) {
    List<FieldError> errors = call.queryNames().stream()
        .filter(name -> !known.contains(name) && !isIgnored(name))
        .sorted()
        .map(name ->
            new FieldError(name, "is not a parameter of this route" + Suggestion.of(name, known)))
        .toList();
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }

  private boolean isIgnored(String name) {
    return ignored.stream()
        .anyMatch(pattern -> pattern.endsWith("*")
            ? name.startsWith(pattern.substring(0, pattern.length() - 1))
            : name.equals(pattern));
  }
}
