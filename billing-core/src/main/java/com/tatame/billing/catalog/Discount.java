package com.tatame.billing.catalog;

/**
 * What is taken off a list price.
 *
 * @param percent 1 to 100
 * @param reason why, such as {@code member}
 */
public record Discount(int percent, String reason) {
  public Discount {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("percent must be from 1 to 100: " + percent);
    }
  }
}
