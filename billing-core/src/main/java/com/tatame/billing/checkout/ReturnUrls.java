package com.tatame.billing.checkout;

import com.tatame.billing.catalog.CheckoutPages;
import com.tatame.billing.failure.ValidationFailed;
import java.net.URI;
import java.util.function.Predicate;

/**
 * Where a customer may be sent back to from a page of the provider.
 *
 * @param allowed decides on absolute addresses
 */
public record ReturnUrls(Predicate<URI> allowed) {
  /**
   * Lets only an allowed address pass.
   *
   * @throws ValidationFailed naming the field
   */
  public void require(String field, String url) {
    URI parsed =
        CheckoutPages.address(url).orElseThrow(() -> ValidationFailed.of(field, "is not a URL"));
    if (!parsed.isAbsolute() || !allowed.test(parsed)) {
      throw ValidationFailed.of(field, "is not an allowed return address");
    }
  }
}
