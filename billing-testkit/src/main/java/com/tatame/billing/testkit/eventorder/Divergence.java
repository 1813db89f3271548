package com.tatame.billing.testkit.eventorder;

import java.util.List;
import java.util.Map;

/** A seed at whose end the handler believed something else than the provider. */
public final class Divergence extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final long seed;

  Divergence(
      long seed,
      String when,
      Map<String, String> differences,
      List<String> complaints,
      List<String> lastSteps) {
    super(text(seed, when, differences, complaints, lastSteps));
    this.seed = seed;
  }

  /** A program that broke down on its way. */
  Divergence(long seed, Throwable cause, List<String> lastSteps) {
    super(text(seed, "on its way: " + cause, Map.of(), List.of(), lastSteps), cause);
    this.seed = seed;
  }

  /** Runs it again when given to {@link OrderProof#run(long)}. */
  public long seed() {
    return seed;
  }

  private static String text(
      long seed,
      String when,
      Map<String, String> differences,
      List<String> complaints,
      List<String> lastSteps) {
    StringBuilder text = new StringBuilder("seed ")
        .append(seed)
        .append(" diverged, ")
        .append(when)
        .append(". To replay it: -Dbilling.seed=")
        .append(seed)
        .append(", or proof.run(")
        .append(seed)
        .append("L)");
    differences.forEach(
        (name, both) -> text.append("\n  ").append(name).append(": ").append(both));
    complaints.forEach(complaint -> text.append("\n  ").append(complaint));
    text.append("\nlast steps:");
    lastSteps.forEach(step -> text.append("\n  ").append(step));
    return text.toString();
  }
}
