package com.tatame.billing.testkit;

/** How long a page may be. */
final class PageLimit {
  // One more than a caller can ask for, to see whether there is a next page.
  private static final int MAX = 101;

  private PageLimit() {}

  static void require(int limit) {
    if (limit < 1 || limit > MAX) {
      throw new IllegalArgumentException("limit must be 1 to " + MAX + ", but is " + limit);
    }
  }
}
