package com.tatame.billing.checkout;

import java.util.Optional;

/**
 * An item of the catalog that somebody wants to buy. What it costs is not theirs to say.
 *
 * @param successUrl may hold {@code {CHECKOUT_SESSION_ID}}
 * @param email of a new customer, or on the page of somebody who has not signed in
 * @param key under which what is free is given once; empty if it is never repeated
 */
public record ItemRequest(
    String item,
    String successUrl,
    String cancelUrl,
    Optional<String> email,
    Optional<String> key) {
  /** One that is never repeated. */
  public ItemRequest(String item, String successUrl, String cancelUrl, Optional<String> email) {
    this(item, successUrl, cancelUrl, email, Optional.empty());
  }
}
