package com.tatame.billing.importing;

import com.tatame.billing.importing.ImportReport.Counts;
import com.tatame.billing.importing.ImportReport.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts up what becomes of an import. */
final class ImportCounts {
  private static final Counts CREATED = new Counts(1, 0, 0, 0);
  private static final Counts CHANGED = new Counts(0, 1, 0, 0);
  private static final Counts PRESENT = new Counts(0, 0, 1, 0);
  private static final Counts SKIPPED = new Counts(0, 0, 0, 1);

  private final SortedMap<String, Counts> counts = new TreeMap<>();
  private final List<Refusal> refused = new ArrayList<>();
  private final SortedMap<String, Long> unsold = new TreeMap<>();

  void created(String what) {
    add(what, CREATED);
  }

  void changed(String what) {
    add(what, CHANGED);
  }

  void present(String what) {
    add(what, PRESENT);
  }

  void skipped(String what) {
    add(what, SKIPPED);
  }

  void refused(String id, String reason) {
    refused.add(new Refusal(id, reason));
  }

  void unsold(String priceId) {
    unsold.merge(priceId, 1L, Long::sum);
  }

  private void add(String what, Counts more) {
    counts.merge(what, more, Counts::plus);
  }

  /** Adds what another one counted. */
  void add(ImportCounts part) {
    part.counts.forEach(this::add);
    refused.addAll(part.refused);
    part.unsold.forEach((price, count) -> unsold.merge(price, count, Long::sum));
  }

  ImportReport report() {
    return new ImportReport(counts, refused, unsold);
  }
}
