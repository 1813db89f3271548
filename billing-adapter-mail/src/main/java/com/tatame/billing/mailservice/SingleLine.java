package com.tatame.billing.mailservice;

import java.util.regex.Pattern;

/**
 * Text as one line: a line break in a header would begin another header, and marks of direction would
 * make a text look like another one.
 */
final class SingleLine {
  /** Control and format characters, line and paragraph separators, halves of characters. */
  private static final Pattern UNSEEN =
      Pattern.compile("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}\\p{Cs}]");

  private static final Pattern SPACES = Pattern.compile(" {2,}");

  private SingleLine() {}

  static String of(String text) {
    String seen = UNSEEN.matcher(text).replaceAll(" ");
    return SPACES.matcher(seen).replaceAll(" ").strip();
  }

  /** At most so many characters, and an ellipsis where some are missing. */
  static String of(String text, int max) {
    String line = of(text);
    if (line.codePointCount(0, line.length()) <= max) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, max - 1)).strip() + "…";
  }
}
