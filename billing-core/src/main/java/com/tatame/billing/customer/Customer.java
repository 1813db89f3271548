package com.tatame.billing.customer;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.Optional;

/**
 * A customer at the provider.
 *
 * @param account whose customer it is, by metadata that only we and the merchant can set; never by
 *     e-mail, which a payer can choose
 * @param defaultPaymentMethodId what its invoices are charged to, where a subscription names no other
 */
public record Customer(
    String id,
    Optional<AccountId> account,
    Optional<String> email,
    Optional<String> name,
    boolean delinquent,
    Instant createdAt,
    Optional<String> defaultPaymentMethodId)
    implements ProviderObject {
  /** One without a default payment method. */
  public Customer(
      String id,
      Optional<AccountId> account,
      Optional<String> email,
      Optional<String> name,
      boolean delinquent,
      Instant createdAt) {
    this(id, account, email, name, delinquent, createdAt, Optional.empty());
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.CUSTOMER;
  }

  @Override
  public SubjectId subject() {
    return new SubjectId(id);
  }

  @Override
  public boolean terminal() {
    return false;
  }
}
