package com.tatame.billing.http;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a text from outside may hold. */
final class InputRules {
  private static final Pattern ID = Pattern.compile("[\\x21-\\x7e]{1,255}");
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");

  private InputRules() {}

  /** Neither control characters other than line breaks and tabs, nor half surrogate pairs. */
  static boolean plain(String text) {
    return text.chars().noneMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t')
        && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** Whether any object could have this id. */
  static boolean id(String text) {
    return ID.matcher(text).matches();
  }

  static boolean requestId(String text) {
    return REQUEST_ID.matcher(text).matches();
  }

  static boolean idempotencyKey(String text) {
    return KEY.matcher(text).matches() && !text.isBlank();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
