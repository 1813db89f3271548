package com.tatame.billing.text;

import java.nio.charset.StandardCharsets;

/** What a text must not hold so that every store can keep it. */
public final class StorableText {
  private StorableText() {}

  /** Whether it has neither the character NUL nor half a surrogate pair, which databases refuse. */
  public static boolean is(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
