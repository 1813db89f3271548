package com.tatame.billing.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What the rounds measured: by measure and contestant, one number a round. */
final class Samples {
  private final Map<String, Map<String, List<Double>>> numbers = new LinkedHashMap<>();

  void add(String measure, String contestant, double number) {
    numbers
        .computeIfAbsent(measure, name -> new LinkedHashMap<>())
        .computeIfAbsent(contestant, name -> new ArrayList<>())
        .add(number);
    System.err.printf(Locale.ROOT, "  %-48s %-10s %10.2f%n", measure, contestant, number);
  }

  private Optional<List<Double>> of(String measure, String contestant) {
    return Optional.ofNullable(numbers.get(measure).get(contestant));
  }

  /** One row for each measure, with the medians and the medians of the rounds' ratios to ours. */
  String table(List<String> contestants) {
    return table(contestants, List.of(Bench.OURS));
  }

  /** The same where several contestants are ours. */
  String table(List<String> contestants, List<String> ours) {
    StringBuilder table = new StringBuilder("| measure |");
    contestants.forEach(name -> table.append(' ').append(name).append(" |"));
    List<String> others = contestants.stream().filter(name -> !ours.contains(name)).toList();
    ours.forEach(own ->
        others.forEach(name -> table.append(' ').append(own).append(" / ").append(name).append(" |")));
    table
        .append("\n|---|")
        .append("--:|".repeat(contestants.size() + ours.size() * others.size()))
        .append('\n');
    for (String measure : numbers.keySet()) {
      table.append("| ").append(measure).append(" |");
      contestants.forEach(
          name -> table.append(of(measure, name).map(n -> " " + text(median(n)) + " |").orElse(" |")));
      for (String own : ours) {
        for (String other : others) {
          table.append(of(measure, other)
              .flatMap(theirs -> of(measure, own).map(these -> ratio(these, theirs)))
              .filter(Double::isFinite)
              .map(ratio -> String.format(Locale.ROOT, " %.2f |", ratio))
              .orElse(" |"));
        }
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static double ratio(List<Double> ours, List<Double> theirs) {
    return median(IntStream.range(0, Math.min(ours.size(), theirs.size()))
        .mapToObj(round -> ours.get(round) / theirs.get(round))
        .toList());
  }

  private static double median(List<Double> numbers) {
    List<Double> sorted = numbers.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  private static String text(double number) {
    return String.format(Locale.ROOT, number >= 100 ? "%,.0f" : "%.2f", number);
  }
}
