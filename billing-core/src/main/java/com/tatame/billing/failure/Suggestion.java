package com.tatame.billing.failure;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The known name that a misspelt one is nearest to. */
public final class Suggestion {
  private static final int MAX_EDITS = 3;
  private static final int SHORT = 3;

  private Suggestion() {}

  /** Words to end a problem with, naming what is nearest; empty if nothing is near. */
  public static String of(String written, Collection<String> known) {
    String plain = plain(written);
    // Two letters that change places are two edits.
    int most = plain.length() <= SHORT ? 1 : Math.min(MAX_EDITS, Math.max(2, plain.length() / 3));
    return known.stream()
        .filter(name -> edits(plain, plain(name)) <= most)
        .min(Comparator.comparingInt((String name) -> edits(plain, plain(name)))
            .thenComparing(Comparator.naturalOrder()))
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** How many letters must be put in, left out or changed to make one of the other. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
