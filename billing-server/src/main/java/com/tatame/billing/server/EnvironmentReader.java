package com.tatame.billing.server;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads variables and collects what is wrong with them, so that all of it is reported at once. */
final class EnvironmentReader {
  private final Map<String, String> environment;
  private final Set<String> problems = new LinkedHashSet<>();

  EnvironmentReader(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The variable; empty if it is missing or blank. */
  Optional<String> text(Variable variable) {
    return Optional.ofNullable(environment.get(variable.name()))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  /** The variable, or {@code substitute} with a problem if it is missing. */
  String required(Variable variable, String substitute, String whatToDo) {
    Optional<String> value = text(variable);
    if (value.isEmpty()) {
      problem(variable, "is missing; " + whatToDo);
    }
    return value.orElse(substitute);
  }

  /** The parts between commas. */
  List<String> list(Variable variable) {
    return text(variable).stream()
        .flatMap(text -> Arrays.stream(text.split(",")))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  int number(Variable variable, int least, int most, int substitute) {
    Optional<String> text = text(variable);
    try {
      int value = text.map(Integer::parseInt).orElse(substitute);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      problem(variable, "must be a number from " + least + " to " + most);
      return substitute;
    }
    problem(variable, "must be a number from " + least + " to " + most);
    return substitute;
  }

  /** What a reader makes of the variable; a problem with the reader's words if it can't. */
  <T> Optional<T> parsed(Variable variable, Function<String, T> reader) {
    return text(variable).flatMap(text -> attempt(variable, () -> reader.apply(text)));
  }

  /** As {@link #parsed}, part by part. */
  <T> List<T> parsedList(Variable variable, Function<String, T> reader) {
    return list(variable).stream()
        .flatMap(part -> attempt(variable, () -> reader.apply(part)).stream())
        .toList();
  }

  void problem(Variable variable, String text) {
    problem(variable.name(), text);
  }

  void problem(String name, String text) {
    problems.add(name + " " + text);
  }

  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new InvalidConfiguration(List.copyOf(problems));
    }
  }

  private interface Attempt<T> {
    T make();
  }

  private <T> Optional<T> attempt(Variable variable, Attempt<T> attempt) {
    try {
      return Optional.of(attempt.make());
    } catch (IllegalArgumentException e) {
      problem(variable, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
