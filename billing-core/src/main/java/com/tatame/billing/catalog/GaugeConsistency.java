package com.tatame.billing.catalog;

import com.tatame.billing.failure.ValidationFailed;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is a level in one plan is the same level in all of them: who changes plans stores what they
 * stored.
 */
final class GaugeConsistency {
  private static final Window ALWAYS = new Window(Window.Kind.LIFETIME, ZoneOffset.UTC);

  private GaugeConsistency() {}

  /**
   * The plans, with what is unlimited counted as the level that it is elsewhere.
   *
   * @throws ValidationFailed if a level is counted by windows in another plan
   */
  static List<Plan> counted(List<Plan> plans) {
    Set<String> gauges = plans.stream()
        .flatMap(plan -> plan.features().entrySet().stream())
        .filter(feature -> feature.getValue() instanceof Feature.Gauge)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
    return plans.stream().map(plan -> counted(plan, gauges)).toList();
  }

  private static Plan counted(Plan plan, Set<String> gauges) {
    Map<String, Feature> features = new HashMap<>(plan.features());
    features.replaceAll((name, feature) -> {
      if (!gauges.contains(name)) {
        return feature;
      }
      if (feature instanceof Feature.Counter) {
        throw ValidationFailed.of(
            "tiers." + plan.tier() + ".features." + name,
            "is a gauge in another tier; make it a gauge or unlimited here, too");
      }
      return feature instanceof Feature.Unlimited unlimited
          ? new Feature.Unlimited(ALWAYS, unlimited.meter())
          : feature;
    });
    return plan.with(features);
  }
}
