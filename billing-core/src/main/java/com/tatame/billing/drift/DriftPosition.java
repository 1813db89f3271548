package com.tatame.billing.drift;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where the monitor stands in its round.
 *
 * @param after the key of what was compared last; empty at the beginning of a round
 * @param suspects customers that differed, to be compared once more
 */
record DriftPosition(Optional<String> after, List<Suspect> suspects) {
  DriftPosition {
    suspects = List.copyOf(suspects);
  }

  record Suspect(String key, Instant since) {}

  String text() {
    return encode(after.orElse("")) + "|"
        + suspects.stream()
            .map(suspect -> encode(suspect.key()) + "@" + suspect.since())
            .collect(Collectors.joining(","));
  }

  /** What can't be read begins a new round. */
  static DriftPosition parse(String text) {
    int bar = text.indexOf('|');
    if (bar < 0) {
      return new DriftPosition(Optional.empty(), List.of());
    }
    try {
      return parse(text, bar);
    } catch (IllegalArgumentException e) {
      return new DriftPosition(Optional.empty(), List.of());
    }
  }

  private static DriftPosition parse(String text, int bar) {
    List<Suspect> suspects = new ArrayList<>();
    for (String suspect : text.substring(bar + 1).split(",", -1)) {
      int at = suspect.lastIndexOf('@');
      if (at > 0) {
        suspects.add(
            new Suspect(decode(suspect.substring(0, at)), instant(suspect.substring(at + 1))));
      }
    }
    return new DriftPosition(
        Optional.of(decode(text.substring(0, bar))).filter(key -> !key.isEmpty()), suspects);
  }

  // Merchants choose ids of products and coupons, with any characters.
  private static String encode(String key) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }
}
