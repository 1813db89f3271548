package com.tatame.billing.server;

import java.util.Map;

/** How much the server logs. */
enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG;

  /** Read by logback.xml. */
  static final String PROPERTY = "billing.log.level";

  /** The same for everything that is not ours. */
  static final String LIBRARIES_PROPERTY = "billing.log.libraries";

  /** As an environment says; a wrong value, which is reported with all others, counts as missing. */
  static LogLevel of(Map<String, String> environment) {
    String text =
        environment.getOrDefault(ServerSettings.BILLING_LOG_LEVEL.name(), "").strip();
    try {
      return text.isEmpty()
          ? INFO
          : ServerSettings.BILLING_LOG_LEVEL.read(text, Deployment.PRODUCTION);
    } catch (IllegalArgumentException e) {
      return INFO;
    }
  }

  /** Makes it the level of all logging; before anything is logged. */
  void apply() {
    System.setProperty(PROPERTY, name());
    System.setProperty(LIBRARIES_PROPERTY, this == ERROR ? name() : WARN.name());
  }
}
