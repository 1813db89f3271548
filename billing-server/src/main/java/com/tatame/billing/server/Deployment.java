package com.tatame.billing.server;

import java.util.Locale;
import java.util.Optional;

/** What kind of installation it is. */
public enum Deployment {
  PRODUCTION,
  DEVELOPMENT,
  TEST,
  /** Everything is simulated. */
  SANDBOX;

  static Optional<Deployment> of(String name) {
    for (Deployment deployment : values()) {
      if (deployment.name().toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(deployment);
      }
    }
    return Optional.empty();
  }
}
