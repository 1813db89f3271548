package com.tatame.billing.server;

import com.tatame.billing.configuration.InvalidConfiguration;
import com.tatame.billing.failure.Suggestion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads settings and collects what is wrong with them, so that all of it is reported at once. */
final class EnvironmentReader {
  private static final String OWN_PREFIX = "BILLING_";

  /** Other programs have variables of such names, too. */
  private static final List<String> SHARED_PREFIXES =
      List.of("STRIPE_", "CLERK_", "SUPABASE_", "DATABASE_");

  /** What the sandbox reads. */
  private static final Set<String> OF_OTHER_PROGRAMS = Set.of("BILLING_DATA_DIR");

  /** Where a Kubernetes service has a name that begins like ours, each container is told its address. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile("\\w+_SERVICE_(HOST|PORT(_\\w+)?)|\\w+_PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?");

  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.+");

  private final Map<String, String> environment;
  private final Deployment deployment;
  private final Set<String> problems = new LinkedHashSet<>();
  private final List<String> warnings = new ArrayList<>();

  /** Reports names at once that no setting has. */
  EnvironmentReader(Map<String, String> environment) {
    this.environment = environment;
    this.deployment = text(ServerSettings.BILLING_ENV)
        .or(() -> text(ServerSettings.NODE_ENV))
        .flatMap(Deployment::of)
        .orElse(Deployment.PRODUCTION);
    find(has(ServerSettings.BILLING_ENV) ? ServerSettings.BILLING_ENV : ServerSettings.NODE_ENV);
    new TreeMap<>(environment).forEach((name, value) -> {
      if (!value.isBlank()) {
        checkName(name, value);
      }
    });
  }

  Deployment deployment() {
    return deployment;
  }

  boolean production() {
    return deployment == Deployment.PRODUCTION;
  }

  private void checkName(String name, String value) {
    Set<String> known = Settings.names();
    if (known.contains(name) || name.startsWith(CatalogSettings.PRICE_PREFIX)) {
      return;
    }
    if (name.startsWith(OWN_PREFIX)) {
      if (!OF_OTHER_PROGRAMS.contains(name)
          && !SERVICE_LINK.matcher(name).matches()
          && !SERVICE_ADDRESS.matcher(value).matches()) {
        String suggestion = Suggestion.of(name, known);
        if (suggestion.isEmpty()) {
          // Of another version, perhaps: going back to an older one must not need another
          // environment.
          warnings.add(name + " is not a setting of this version and not read:"
              + " docs/configuration.md lists all");
        } else {
          problems.add(name + " is not a setting" + suggestion
              + " Rename or remove it: docs/configuration.md lists all");
        }
      }
    } else if (SHARED_PREFIXES.stream().anyMatch(name::startsWith)) {
      Set<String> unset = new HashSet<>(known);
      unset.removeIf(setting -> !environment.getOrDefault(setting, "").isBlank());
      String suggestion = Suggestion.of(name, unset);
      if (!suggestion.isEmpty()) {
        warnings.add(name + " is not read" + suggestion);
      }
    }
  }

  /** As it is written; empty if it is missing or blank. */
  Optional<String> text(Setting<?> setting) {
    return Optional.ofNullable(environment.get(setting.name()))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  boolean has(Setting<?> setting) {
    return text(setting).isPresent();
  }

  /** What it says, or its default; empty, with a problem if need be, if it is missing or wrong. */
  <T> Optional<T> find(Setting<T> setting) {
    return written(setting).flatMap(text -> read(setting, setting.name(), text));
  }

  /** The same without a problem if it is missing. */
  <T> Optional<T> findIfGiven(Setting<T> setting) {
    return has(setting) ? find(setting) : Optional.empty();
  }

  /** The parts of a list, as {@link #find}. */
  <T> List<T> all(Setting<T> setting) {
    return written(setting).stream()
        .flatMap(text -> Arrays.stream(text.split(",")))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .flatMap(part -> read(setting, setting.name(), part).stream())
        .toList();
  }

  /** The same without a problem if it is missing. */
  <T> List<T> allIfGiven(Setting<T> setting) {
    return has(setting) ? all(setting) : List.of();
  }

  /** Reports what is wrong with it. */
  void check(Setting<?> setting) {
    if (setting.isList()) {
      all(setting);
    } else {
      find(setting);
    }
  }

  /** The members of a family that are given, by their names. */
  <T> Map<String, T> family(Setting<T> setting, String prefix) {
    Map<String, T> members = new TreeMap<>();
    Pattern names = setting.family().orElseThrow();
    new TreeMap<>(environment).forEach((name, value) -> {
      if (name.startsWith(prefix) && !value.isBlank()) {
        if (names.matcher(name).matches()) {
          read(setting, name, value.strip()).ifPresent(read -> members.put(name, read));
        } else {
          problems.add(name + " must be named " + setting.name() + "; " + setting.remedy());
        }
      }
    });
    return members;
  }

  private Optional<String> written(Setting<?> setting) {
    Optional<String> text = text(setting);
    if (text.isPresent()) {
      return text;
    }
    if (setting.need() == Setting.Need.ALWAYS
        || (setting.need() == Setting.Need.IN_PRODUCTION && production())) {
      missing(setting);
    }
    return Optional.of(setting.defaultValue(deployment)).filter(value -> !value.isEmpty());
  }

  private <T> Optional<T> read(Setting<T> setting, String name, String text) {
    try {
      return Optional.of(setting.read(text, deployment));
    } catch (IllegalArgumentException e) {
      problems.add(name + " " + e.getMessage() + "; " + setting.remedy());
      return Optional.empty();
    }
  }

  void missing(Setting<?> setting) {
    problem(setting, "is missing");
  }

  /** Reports a problem, with what to do about it. */
  void problem(Setting<?> setting, String text) {
    problems.add(setting.name() + " " + text + "; " + setting.remedy());
  }

  /** Reports what is wrong with something that settings name. */
  void problems(List<String> more) {
    problems.addAll(more);
  }

  void warn(Setting<?> setting, String text) {
    warnings.add(setting.name() + " " + text + "; " + setting.remedy());
  }

  /** What is no mistake, but probably not meant. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new InvalidConfiguration(List.copyOf(problems));
    }
  }
}
