package com.tatame.billing.payment;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.Optional;

/**
 * A card, account or wallet that a customer saved. One that was taken off its customer is gone: it
 * can never be used again.
 *
 * @param type such as {@code card} or {@code sepa_debit}
 * @param brand of a card, such as {@code visa}
 * @param last4 the last four characters of its number, where it has one
 * @param expiryMonth 1 to 12, of a card
 * @param expiryYear four digits, of a card
 * @param fingerprint the same for the same card or bank account, on every customer
 */
public record PaymentMethod(
    String id,
    String customerId,
    String type,
    Optional<String> brand,
    Optional<String> last4,
    Optional<Integer> expiryMonth,
    Optional<Integer> expiryYear,
    Optional<String> fingerprint,
    Instant createdAt)
    implements ProviderObject {
  @Override
  public ObjectKind kind() {
    return ObjectKind.PAYMENT_METHOD;
  }

  @Override
  public SubjectId subject() {
    return new SubjectId(customerId);
  }

  @Override
  public boolean terminal() {
    return false;
  }
}
