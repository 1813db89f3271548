package com.tatame.billing.catalog;

import com.tatame.billing.failure.ValidationFailed;
import java.net.URI;
import java.util.Optional;

/**
 * Where a payer goes after a checkout, for applications that don't say so with each one. Both must be
 * among the addresses to which checkouts may return.
 *
 * @param successUrl after paying; may hold {@code {CHECKOUT_SESSION_ID}}
 * @param cancelUrl without paying
 */
public record CheckoutPages(String successUrl, String cancelUrl) {
  private static final String SESSION_PLACEHOLDER = "{CHECKOUT_SESSION_ID}";

  /**
   * Takes two absolute addresses.
   *
   * @throws ValidationFailed naming the one that isn't
   */
  public CheckoutPages {
    requireAbsolute("checkout.successUrl", successUrl);
    requireAbsolute("checkout.cancelUrl", cancelUrl);
  }

  /** The address of a page, if it is one; the placeholder of the session's id may stand anywhere. */
  public static Optional<URI> address(String page) {
    try {
      return Optional.of(URI.create(page.replace(SESSION_PLACEHOLDER, "session")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static void requireAbsolute(String field, String page) {
    if (address(page).filter(URI::isAbsolute).isEmpty()) {
      throw ValidationFailed.of(field, "must be an address such as https://app.example.com/thanks");
    }
  }
}
