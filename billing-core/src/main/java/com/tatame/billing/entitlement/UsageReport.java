package com.tatame.billing.entitlement;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.time.TimeBounds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an account used already. It is written down and never refused, also beyond the limit.
 *
 * @param amount units, at least 1
 * @param key under which it is counted once, for 90 days; empty if it is never repeated
 * @param occurredAt when it was used, within the last 35 days; empty for now
 * @param metadata kept with it
 */
public record UsageReport(
    String feature,
    long amount,
    Optional<String> key,
    Optional<Instant> occurredAt,
    Map<String, String> metadata) {
  private static final int MAX_METADATA_ENTRIES = 50;

  public UsageReport {
    List<FieldError> errors = new ArrayList<>();
    if (amount < 1 || amount > Use.MAX_UNITS) {
      errors.add(new FieldError("amount", "must be a whole number from 1 to " + Use.MAX_UNITS));
    }
    if (metadata.size() > MAX_METADATA_ENTRIES) {
      errors.add(
          new FieldError("metadata", "must have at most " + MAX_METADATA_ENTRIES + " entries"));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
    occurredAt =
        TimeBounds.require("occurredAt", occurredAt).map(at -> at.truncatedTo(ChronoUnit.MICROS));
    metadata = Map.copyOf(metadata);
  }

  /** What tells two reports under one key apart. */
  String fingerprint() {
    return "report " + feature + " " + amount
        + occurredAt.map(at -> " " + at).orElse("")
        + new TreeMap<>(metadata);
  }
}
