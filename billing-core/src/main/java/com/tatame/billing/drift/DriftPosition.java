package com.tatame.billing.drift;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where the monitor stands in its round.
 *
 * @param after the last customer that was compared; empty at the beginning of a round
 * @param suspects customers that differed, to be looked at again
 */
record DriftPosition(Optional<String> after, List<Suspect> suspects) {
  DriftPosition {
    suspects = List.copyOf(suspects);
  }

  record Suspect(String customerId, Instant since) {}

  String text() {
    return after.orElse("") + "|"
        + suspects.stream()
            .map(suspect -> suspect.customerId() + "@" + suspect.since())
            .collect(Collectors.joining(","));
  }

  /** What can't be read begins a new round. */
  static DriftPosition parse(String text) {
    int bar = text.indexOf('|');
    if (bar < 0) {
      return new DriftPosition(Optional.empty(), List.of());
    }
    List<Suspect> suspects = new ArrayList<>();
    for (String suspect : text.substring(bar + 1).split(",", -1)) {
      int at = suspect.lastIndexOf('@');
      if (at > 0) {
        suspects.add(new Suspect(suspect.substring(0, at), instant(suspect.substring(at + 1))));
      }
    }
    return new DriftPosition(
        Optional.of(text.substring(0, bar)).filter(id -> !id.isEmpty()), suspects);
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }
}
