package com.tatame.billing.schema;

/** How much one page may hold: a hundred rows, and one more that tells whether others follow. */
final class Page {
  private static final int MAX_LIMIT = 101;

  private Page() {}

  static void check(int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit must be from 1 to " + MAX_LIMIT + ": " + limit);
    }
  }
}
