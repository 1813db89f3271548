package com.tatame.billing.configuration;

import java.util.List;

/** The configuration can't be used; each problem names its variable or field and what to do. */
public final class InvalidConfiguration extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  public InvalidConfiguration(List<String> problems) {
    super(
        problems.size() == 1
            ? problems.get(0)
            : problems.size() + " problems:\n  " + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  /** All of them, in the order in which they were found. */
  public List<String> problems() {
    return problems;
  }
}
