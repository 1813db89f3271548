package com.tatame.billing.configuration;

import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.configuration.YamlTree.Mapping;
import com.tatame.billing.configuration.YamlTree.Scalar;
import com.tatame.billing.failure.Suggestion;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.observation.WireName;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what the plans of a catalog file give. */
final class FeatureFields {
  private static final long MAX_UNITS = 1_000_000_000_000L;
  private static final String METER = "[A-Za-z0-9_.-]{1,100}";

  private final CatalogFields fields;
  private final AmountFields amounts;
  private final ZoneId zone;

  FeatureFields(CatalogFields fields, AmountFields amounts, ZoneId zone) {
    this.fields = fields;
    this.amounts = amounts;
    this.zone = zone;
  }

  /** The zone that a field names; UTC if it is missing. */
  static ZoneId zone(CatalogFields fields, String path, Mapping parent, ZoneId otherwise) {
    Optional<String> name = fields.text(path, parent, "zone");
    if (name.isEmpty()) {
      return otherwise;
    }
    if (name.get().equals("UTC")) {
      return ZoneOffset.UTC;
    }
    if (ZoneId.getAvailableZoneIds().contains(name.get()) && name.get().contains("/")) {
      return ZoneId.of(name.get());
    }
    fields.problem(
        CatalogFields.join(path, "zone"),
        parent.entries().getOrDefault("zone", parent),
        "must be UTC or a zone such as Europe/Berlin"
            + Suggestion.of(name.get(), ZoneId.getAvailableZoneIds()));
    return otherwise;
  }

  Map<String, Feature> read(String path, Mapping plan) {
    Map<String, Feature> features = new HashMap<>();
    Mapping named = fields.child(path, plan, "features");
    named.entries().forEach((name, tree) -> {
      String at = path + ".features." + name;
      if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
        fields.problem(at, tree, "must be named in lower case, digits and _");
      }
      if (tree instanceof Mapping mapping) {
        features.put(name, feature(at, mapping));
      } else if (tree instanceof Scalar scalar
          && scalar.isText()
          && scalar.text().equals("unlimited")) {
        features.put(name, unlimited(Window.Kind.CALENDAR_MONTH, zone));
      } else if (tree instanceof Scalar scalar && !isFlag(scalar)) {
        fields.problem(
            at,
            tree,
            "must be true, false, unlimited, or hold a limit"
                + Suggestion.of(scalar.text(), Set.of("true", "false", "unlimited")));
      } else {
        fields
            .flag(path + ".features", named, name)
            .ifPresent(included -> features.put(name, new Feature.Flag(included)));
      }
    });
    return features;
  }

  private static boolean isFlag(Scalar scalar) {
    return !scalar.isText() && Set.of("true", "false").contains(scalar.text());
  }

  private static Feature unlimited(Window.Kind window, ZoneId zone) {
    return new Feature.Unlimited(new Window(window, zone));
  }

  private Feature feature(String path, Mapping mapping) {
    String kind = fields.text(path, mapping, "kind").orElse("counter");
    return switch (kind) {
      case "gauge" -> {
        fields.allowOnly(path, mapping, Set.of("kind", "limit"));
        yield new Feature.Gauge(limit(path, mapping));
      }
      case "unlimited" -> {
        fields.allowOnly(path, mapping, Set.of("kind", "window", "zone", "metered"));
        yield new Feature.Unlimited(window(path, mapping), meter(path, mapping));
      }
      case "flag" -> {
        fields.allowOnly(path, mapping, Set.of("kind", "included"));
        yield new Feature.Flag(fields.flag(path, mapping, "included").orElse(true));
      }
      default -> {
        if (!kind.equals("counter")) {
          fields.problem(
              path + ".kind",
              mapping.entries().getOrDefault("kind", mapping),
              "must be flag, counter, gauge or unlimited"
                  + Suggestion.of(kind, Set.of("flag", "counter", "gauge", "unlimited")));
        }
        yield counter(path, mapping);
      }
    };
  }

  private Feature counter(String path, Mapping mapping) {
    fields.allowOnly(
        path,
        mapping,
        Set.of(
            "kind", "limit", "window", "zone", "maxItemPrice", "overage", "metered", "thresholds"));
    Optional<Amounts> maxItemPrice = amounts.read(path, mapping, "maxItemPrice");
    Optional<Overage> overage = overage(path, mapping);
    Optional<String> meter = meter(path, mapping);
    if (overage.isPresent() && meter.isPresent()) {
      fields.problem(
          path + ".metered",
          mapping.entries().getOrDefault("metered", mapping),
          "can't stand beside overage: units would be paid for twice");
    }
    return new Feature.Counter(
        limit(path, mapping),
        window(path, mapping),
        maxItemPrice,
        overage,
        meter,
        thresholds(path, mapping));
  }

  private List<Integer> thresholds(String path, Mapping mapping) {
    List<String> texts = fields.texts(path, mapping, "thresholds");
    if (!texts.stream().allMatch(text -> text.matches("100|[1-9]\\d?"))) {
      fields.problem(
          path + ".thresholds",
          mapping.entries().getOrDefault("thresholds", mapping),
          "must hold whole numbers from 1 to 100, percent of the limit");
      return List.of();
    }
    return texts.stream().map(Integer::valueOf).sorted().toList();
  }

  private Optional<String> meter(String path, Mapping mapping) {
    Optional<String> meter = fields.text(path, mapping, "metered");
    if (meter.filter(name -> !name.matches(METER)).isPresent()) {
      fields.problem(
          path + ".metered",
          mapping.entries().getOrDefault("metered", mapping),
          "must be the name of a meter's events: at most 100 letters, digits, '_', '-' and '.'");
    }
    return meter;
  }

  private long limit(String path, Mapping mapping) {
    if (!mapping.entries().containsKey("limit")) {
      fields.problem(
          path + ".limit", mapping, "is missing; say unlimited instead if there is none");
    }
    return fields.number(path, mapping, "limit", 0, MAX_UNITS).orElse(0L);
  }

  private Window window(String path, Mapping mapping) {
    ZoneId own = zone(fields, path, mapping, zone);
    return new Window(
        constant(path, mapping, "window", Window.Kind.values(), Window.Kind.CALENDAR_MONTH), own);
  }

  private Optional<Overage> overage(String path, Mapping mapping) {
    if (!mapping.entries().containsKey("overage")) {
      return Optional.empty();
    }
    String at = path + ".overage";
    Mapping overage = fields.child(path, mapping, "overage");
    fields.allowOnly(at, overage, Set.of("discountPercent", "limit", "beyond"));
    Optional<Long> percent = fields.number(at, overage, "discountPercent", 0, 100);
    if (!overage.entries().containsKey("discountPercent")) {
      fields.problem(at + ".discountPercent", overage, "is missing; 0 means the whole price");
    }
    return Optional.of(new Overage(
        percent.orElse(0L).intValue(),
        fields.number(at, overage, "limit", 0, MAX_UNITS),
        constant(at, overage, "beyond", Overage.Beyond.values(), Overage.Beyond.FULL_PRICE)));
  }

  private <E extends WireName> E constant(
      String path, Mapping mapping, String field, E[] values, E otherwise) {
    Optional<String> code = fields.text(path, mapping, field);
    if (code.isEmpty()) {
      return otherwise;
    }
    List<String> codes = Arrays.stream(values).map(WireName::code).toList();
    int position = codes.indexOf(code.get());
    if (position < 0) {
      fields.problem(
          path + "." + field,
          mapping.entries().getOrDefault(field, mapping),
          "must be one of " + String.join(", ", codes) + Suggestion.of(code.get(), codes));
      return otherwise;
    }
    return values[position];
  }
}
