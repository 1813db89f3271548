package com.tatame.billing.server;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** Settings of the process itself: its kind, port, address and log. */
final class ServerSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.SERVER);

  static final Setting<Deployment> BILLING_ENV = ALL.add(
          "BILLING_ENV",
          "`production`, `development`, `test` or `sandbox`",
          SettingReaders::deployment)
      .byDefault("production")
      .initially("development")
      .means("What kind of installation it is. Production asks for more settings and allows less.")
      .remedy("set it to production on a server that takes real money")
      .example("production")
      .wrong("staging");

  static final Setting<Deployment> NODE_ENV = ALL.add(
          "NODE_ENV", "as `BILLING_ENV`", SettingReaders::deployment)
      .means("Is read where `BILLING_ENV` is missing.")
      .remedy("set BILLING_ENV, which is read first")
      .example("production")
      .wrong("staging");

  static final Setting<Integer> PORT = ALL.add(
          "PORT", "number from 0 to 65535", SettingReaders.number(0, 65_535))
      .byDefault("8080")
      .initially("8080")
      .means(
          "Where the server listens, on all addresses of the machine; 0 for any port that is free.")
      .remedy("set it to a free port, or leave it out for 8080")
      .example("8080")
      .wrong("70000");

  static final Setting<URI> BILLING_PUBLIC_URL = ALL.add(
          "BILLING_PUBLIC_URL", "http or https address", SettingReaders::publicUrl)
      .means(
          "Where the server is reached from outside. `billing doctor` compares the webhook endpoint"
              + " at Stripe with it, and `billing setup` makes one there.")
      .remedy("set it to what Stripe and browsers call, such as https://billing.example.com")
      .example("https://billing.example.com")
      .wrong("billing.example.com");

  static final Setting<LogLevel> BILLING_LOG_LEVEL = ALL.add(
          "BILLING_LOG_LEVEL",
          "`error`, `warn`, `info` or `debug`",
          SettingReaders.choice(
              Map.of(
                  "error",
                  LogLevel.ERROR,
                  "warn",
                  LogLevel.WARN,
                  "info",
                  LogLevel.INFO,
                  "debug",
                  LogLevel.DEBUG),
              "must be error, warn, info or debug"))
      .byDefault("info")
      .initially("info")
      .means("How much the server logs, to standard error. Libraries log warnings and errors only.")
      .remedy("leave it out for info")
      .example("warn")
      .wrong("verbose");

  static final Setting<Integer> BILLING_DRAIN_SECONDS = ALL.add(
          "BILLING_DRAIN_SECONDS", "number from 0 to 300", SettingReaders.number(0, 300))
      .byDefault("5", "0")
      .means(
          "For how many seconds a server that is told to stop (SIGTERM) answers `/health/ready` with"
              + " 503 and goes on serving everything, so that a load balancer sends requests elsewhere"
              + " before the port closes. What is in flight then has ten seconds to end.")
      .remedy("set it to the time in which your load balancer notices, such as 5")
      .example("5")
      .wrong("-1");

  private ServerSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
