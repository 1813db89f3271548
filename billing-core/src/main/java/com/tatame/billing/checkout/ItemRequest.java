package com.tatame.billing.checkout;

import java.util.Optional;

/**
 * An item of the catalog to buy. The caller doesn't set the price.
 *
 * @param successUrl may hold {@code {CHECKOUT_SESSION_ID}}
 * @param currency empty for the account's own, or else the default
 * @param email of a new customer, or on the page of a visitor who has not signed in
 * @param key under which what is free is given once; empty if it is never repeated
 */
public record ItemRequest(
    String item,
    String successUrl,
    String cancelUrl,
    Optional<String> currency,
    Optional<String> email,
    Optional<String> key) {
  /** In the account's currency, or else the default. */
  public ItemRequest(
      String item,
      String successUrl,
      String cancelUrl,
      Optional<String> email,
      Optional<String> key) {
    this(item, successUrl, cancelUrl, Optional.empty(), email, key);
  }

  /** One that is never repeated. */
  public ItemRequest(String item, String successUrl, String cancelUrl, Optional<String> email) {
    this(item, successUrl, cancelUrl, email, Optional.empty());
  }
}
