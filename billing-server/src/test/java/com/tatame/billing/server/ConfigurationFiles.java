package com.tatame.billing.server;

import com.tatame.billing.server.Setting.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files that are made from {@link Settings}: {@code .env.example} and {@code docs/configuration.md}. */
final class ConfigurationFiles {
  private static final int WIDTH = 110;
  private static final String RULE = "-".repeat(100);

  private static final String OF_COMPOSE_ALONE = """

      # --- Containers ---------------------------------------------------------------------------------
      # Read by compose.yaml alone; see docs/containers.md. There, begin a relative BILLING_CATALOG with ./,
      # and DATABASE_URL is the database beside the server.
      # The database's password, letters and digits: openssl rand -hex 24. Default: billing.
      # POSTGRES_PASSWORD=
      # Where the sandbox is. Defaults: 8080 and 12111.
      # SANDBOX_PORT=
      # STRIPE_SIMULATOR_PORT=
      """;

  private static final String HEAD = """
      # Configuration

      The server and its commands are configured by variables of the environment. A blank value counts as missing. `cp .env.example .env`, fill it in, and check it with `billing doctor`, which changes nothing.

      A command that can't use its configuration lists everything that is wrong, one line each with what to do, and ends with status 2. Mistakes in the catalog's file are listed with their lines:

      ```
      The configuration can't be used:
        PORT must be a number from 0 to 65535; set it to a free port, or leave it out for 8080
        STRIPE_WEBHOOK_SECRET must start with whsec_; copy the endpoint's signing secret from the Stripe dashboard, Developers, Webhooks, or what 'stripe listen' prints
        BILLING_STROE is not a setting; did you mean BILLING_STORE? Rename or remove it: docs/configuration.md lists all
        catalog.yaml:7: tiers.free.features.quiz.windw is not a field of the catalog; did you mean window?
      ```

      - A name that begins with `BILLING_` and is nearly that of a setting is an error; one that is like none is a warning, since it may be of another version. Variables by which Kubernetes tells of services (`BILLING_SERVICE_HOST` and the like) are left alone.
      - A name that begins with `STRIPE_`, `CLERK_`, `SUPABASE_` or `DATABASE_` and is nearly that of a setting which is missing is a warning: other programs have such variables, too.
      - Warnings are logged when the server starts, and `billing doctor` shows them.
      - A server reads the environment when it starts. Only the catalog's file is read again while it runs, when it is told to ([catalog.md](catalog.md#putting-another-catalog-in-force)).
      - Secrets are never shown, neither in messages nor in logs.
      """;

  private static final String TAIL = """

      `POSTGRES_PASSWORD`, `SANDBOX_PORT` and `STRIPE_SIMULATOR_PORT` are read by `compose.yaml` alone: [containers.md](containers.md).
      """;

  private ConfigurationFiles() {}

  static String environmentExample() {
    StringBuilder text = new StringBuilder("""
        # The server's configuration. Copy this file, fill it in, and check it with: billing doctor
        # All problems are listed at the start. An empty value counts as missing.
        # docs/configuration.md has the same as a table; both are made from Settings.java.
        """);
    for (Section section : Section.values()) {
      String title = "# --- " + section.title() + " ";
      text.append('\n').append(title).append(RULE.substring(title.length())).append('\n');
      for (Setting<?> setting : settings(section)) {
        wrapped(comment(setting)).forEach(line -> text.append("# ").append(line).append('\n'));
        text.append(exampleName(setting)).append('=').append(setting.initial()).append('\n');
      }
    }
    return text + OF_COMPOSE_ALONE;
  }

  /** Without what Markdown marks. */
  private static String comment(Setting<?> setting) {
    List<String> sentences = new ArrayList<>();
    if (setting.need() != Setting.Need.NONE) {
      sentences.add(
          (setting.need() == Setting.Need.ALWAYS
                  ? "Required"
                  : "Required " + setting.need().text()) + ".");
    }
    sentences.add(setting.meaning());
    sentences.add("Type: " + setting.type() + ".");
    if (setting.need() != Setting.Need.NONE) {
      sentences.add(
          Character.toUpperCase(setting.remedy().charAt(0)) + setting.remedy().substring(1) + ".");
    }
    String byDefault = byDefault(setting);
    if (!byDefault.isEmpty()) {
      sentences.add("Default: " + byDefault + ".");
    }
    return String.join(" ", sentences)
        .replace("`", "")
        .replaceAll("\\[([^\\]]+)]\\([^)]+\\)", "docs/$1");
  }

  private static String byDefault(Setting<?> setting) {
    String inProduction = setting.defaultValue(Deployment.PRODUCTION);
    String elsewhere = setting.defaultValue(Deployment.TEST);
    return inProduction.isEmpty()
        ? ""
        : inProduction.equals(elsewhere)
            ? "`" + inProduction + "`"
            : "`" + inProduction + "` in production, otherwise `" + elsewhere + "`";
  }

  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() > 0 && line.length() + word.length() + 1 > WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** How the setting is named in an environment; of a family, one of its members. */
  static String exampleName(Setting<?> setting) {
    return setting.family().isEmpty()
        ? setting.name()
        : CatalogSettings.PRICE_PREFIX + "PRO_MONTHLY";
  }

  static String document() {
    StringBuilder text = new StringBuilder(HEAD);
    for (Section section : Section.values()) {
      text.append("\n## ").append(section.title()).append("\n");
      text.append("| setting | meaning | type | required | default | example |\n");
      text.append("|---|---|---|---|---|---|\n");
      settings(section).forEach(setting -> text.append(row(setting)));
    }
    return text + TAIL;
  }

  private static String row(Setting<?> setting) {
    return Stream.of(
                "`" + setting.name() + "`",
                setting.meaning(),
                setting.type() + (setting.isList() ? ", comma-separated" : ""),
                setting.need().text(),
                byDefault(setting),
                setting.example().isEmpty() ? "" : "`" + setting.example() + "`")
            .map(cell -> cell.replace("|", "\\|"))
            .reduce("|", (row, cell) -> row + " " + cell + " |")
        + "\n";
  }

  private static List<Setting<?>> settings(Section section) {
    return Settings.all().stream()
        .filter(setting -> setting.section() == section)
        .toList();
  }
}
