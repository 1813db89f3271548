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
 */
public record Customer(
    String id,
    Optional<AccountId> account,
    Optional<String> email,
    Optional<String> name,
    boolean delinquent,
    Instant createdAt)
    implements ProviderObject {
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
