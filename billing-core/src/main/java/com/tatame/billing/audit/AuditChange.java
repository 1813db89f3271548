package com.tatame.billing.audit;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The fields that a change is about, before it and after: ids, amounts, times and names of the catalog,
 * all as text. Neither secrets nor what describes a person.
 *
 * @param before empty for what came into being
 * @param after empty for what is gone
 */
public record AuditChange(
    Optional<SortedMap<String, String>> before, Optional<SortedMap<String, String>> after) {
  public AuditChange {
    before = before.map(AuditChange::copy);
    after = after.map(AuditChange::copy);
  }

  /** That something came into being. */
  public static AuditChange created(Map<String, String> after) {
    return new AuditChange(Optional.empty(), Optional.of(new TreeMap<>(after)));
  }

  /** That something is another than before. */
  public static AuditChange changed(Map<String, String> before, Map<String, String> after) {
    return new AuditChange(Optional.of(new TreeMap<>(before)), Optional.of(new TreeMap<>(after)));
  }

  /** That something is gone. */
  public static AuditChange deleted(Map<String, String> before) {
    return new AuditChange(Optional.of(new TreeMap<>(before)), Optional.empty());
  }

  private static SortedMap<String, String> copy(SortedMap<String, String> fields) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(fields));
  }
}
