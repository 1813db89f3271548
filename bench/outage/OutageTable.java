package com.tatame.billing.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What each fault did to each class of requests, and where that is not what is wanted. */
final class OutageTable {
  private static final long SECOND = 1_000_000_000L;
  private static final double MAX_LIVENESS_MILLIS = 50;
  private static final double MAX_WEBHOOK_MILLIS = 2_000;
  private static final double MAX_RECOVERY_SECONDS = 3;
  private static final double NOISE_MILLIS = 50;

  /** How much later than the workload's limit an answer may come. */
  private static final double LATE_MILLIS = 500;

  /** Longer than anything waits for an answer. */
  private static final long MAX_RECOVERY = 25 * SECOND;

  private final Consumer<String> out;
  private final Map<String, Double> usualP99 = new HashMap<>();
  private final List<String> misses = new ArrayList<>();
  private final List<String> summary = new ArrayList<>();

  /** @param out takes line after line */
  OutageTable(Consumer<String> out) {
    this.out = out;
  }

  void begin() {
    out.accept("| fault | class | sent | 2xx/4xx | refused | failed | p50 ms | p99 ms | max ms | recovery s "
        + "| misses | of which |");
    out.accept("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|");
  }

  /** Whether all that was sent during the fault has ended, and each class serves again or never will. */
  static boolean settled(Collection<RouteClass> classes, long end, long now) {
    return now > end + MAX_RECOVERY
        || classes.stream().allMatch(each -> {
          long from = servesFrom(each, end);
          return now > from + SECOND && each.oldestOpen() >= from + SECOND;
        });
  }

  /** Writes down what a fault between the two did. */
  void add(Outage outage, Collection<RouteClass> classes, long begin, long end) {
    List<Row> rows = classes.stream().map(each -> new Row(outage, each, begin, end)).toList();
    if (outage.name().equals(Outages.NONE)) {
      rows.forEach(row -> usualP99.put(row.of.name, row.p99));
    }
    for (Row row : rows) {
      row.judge();
      out.accept(row.toString());
      if (!row.misses.isEmpty()) {
        misses.add(outage.name() + ": " + row.of.name + " (" + String.join(", ", row.misses) + ")");
      }
    }
    summarize(outage, rows);
  }

  private void summarize(Outage outage, List<Row> rows) {
    String stopped = rows.stream()
        .filter(row -> row.answered < row.sent)
        .map(row -> row.of.name + " " + Math.round(100.0 * (row.sent - row.answered) / row.sent) + " %")
        .collect(Collectors.joining(", "));
    double others = rows.stream()
        .filter(row -> !outage.affected().contains(row.of.name))
        .mapToDouble(row -> row.p99)
        .max()
        .orElse(0);
    double recovery = rows.stream().mapToDouble(row -> row.recovery).max().orElse(0);
    summary.add(String.format(
        Locale.ROOT,
        "| %s | %s | %.0f | %.0f | %.0f | %s |",
        outage.name(),
        stopped,
        rows.get(0).p99,
        rows.stream().filter(row -> row.of.name.equals(Outages.WEBHOOKS)).mapToDouble(row -> row.max).sum(),
        others,
        seconds(recovery)));
  }

  void end() {
    out.accept("");
    out.accept("| fault | refused or failed | liveness p99 ms | webhooks max ms | worst p99 of unrelated classes ms "
        + "| recovery s |");
    out.accept("|---|---|--:|--:|--:|--:|");
    summary.forEach(out);
    out.accept("");
    out.accept(misses.isEmpty() ? "Nothing missed what is wanted." : "Not as wanted:");
    misses.forEach(miss -> out.accept("- " + miss));
    out.accept("");
  }

  /** The first instant after the fault from which each request of a second succeeds. */
  private static long servesFrom(RouteClass each, long end) {
    List<RouteClass.Outcome> after = each.outcomes().stream()
        .filter(o -> o.due() >= end && o.due() < end + MAX_RECOVERY)
        .sorted((a, b) -> Long.compare(a.due(), b.due()))
        .toList();
    long from = end;
    for (RouteClass.Outcome outcome : after) {
      if (outcome.due() >= from + SECOND) {
        break;
      }
      if (!outcome.succeeded()) {
        from = outcome.due() + 1;
      }
    }
    return from;
  }

  private static String seconds(double recovery) {
    return recovery > (double) (MAX_RECOVERY - SECOND) / SECOND
        ? "never"
        : String.format(Locale.ROOT, "%.1f", recovery);
  }

  private static double quantile(double[] sorted, double quantile) {
    return sorted.length == 0 ? 0 : sorted[Math.max(0, (int) Math.ceil(quantile * sorted.length) - 1)];
  }

  private final class Row {
    final Outage outage;
    final RouteClass of;
    final int sent;
    final long answered;
    final long refused;
    final double p50;
    final double p99;
    final double max;
    final double recovery;
    final String what;
    final List<String> misses = new ArrayList<>();

    Row(Outage outage, RouteClass of, long begin, long end) {
      this.outage = outage;
      this.of = of;
      List<RouteClass.Outcome> during =
          of.outcomes().stream().filter(o -> o.due() >= begin && o.due() < end).toList();
      sent = during.size();
      answered = during.stream().filter(RouteClass.Outcome::answered).count();
      refused = during.stream().filter(RouteClass.Outcome::refused).count();
      double[] millis = during.stream().mapToDouble(o -> o.took() / 1e6).sorted().toArray();
      p50 = quantile(millis, 0.5);
      p99 = quantile(millis, 0.99);
      max = quantile(millis, 1);
      recovery = (double) (servesFrom(of, end) - end) / SECOND;
      what = during.stream()
          .filter(o -> !o.what().isEmpty())
          .collect(Collectors.groupingBy(RouteClass.Outcome::what, Collectors.counting()))
          .entrySet()
          .stream()
          .map(entry -> entry.getValue() + " " + entry.getKey())
          .sorted()
          .collect(Collectors.joining(", "));
    }

    void judge() {
      if (of.name.equals(Outages.LIVE) && (p99 > MAX_LIVENESS_MILLIS || answered < sent)) {
        misses.add("liveness");
      }
      if (of.name.equals(Outages.WEBHOOKS) && (max > MAX_WEBHOOK_MILLIS || answered + refused < sent)) {
        misses.add("webhooks in 2 s");
      }
      if (!outage.affected().contains(of.name)) {
        if (answered < sent) {
          misses.add("unrelated, refused");
        } else if (p99 > 3 * usualP99.getOrDefault(of.name, p99) + NOISE_MILLIS) {
          misses.add("unrelated, slow");
        }
      }
      if (max > of.limit.toMillis() + LATE_MILLIS || answered + refused < sent) {
        misses.add("late");
      }
      if (recovery > MAX_RECOVERY_SECONDS) {
        misses.add("recovery");
      }
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "| %s | %s | %d | %d | %d | %d | %.1f | %.1f | %.0f | %s | %s | %s |",
          outage.name(), of.name, sent, answered, refused, sent - answered - refused, p50, p99, max,
          seconds(recovery), String.join(", ", misses), what);
    }
  }
}
