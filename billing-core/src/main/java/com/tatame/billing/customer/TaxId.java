package com.tatame.billing.customer;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.util.Optional;

/**
 * A customer's number with a tax authority.
 *
 * @param customerId empty for one of the merchant's own
 * @param type such as {@code eu_vat}
 * @param country ISO 3166, upper case
 * @param verification empty where the provider doesn't verify
 */
public record TaxId(
    String id,
    Optional<String> customerId,
    String type,
    String value,
    Optional<String> country,
    Optional<Verification> verification,
    Instant createdAt)
    implements ProviderObject {

  /** What the authority says of it. */
  public enum Verification implements WireName {
    PENDING,
    VERIFIED,
    UNVERIFIED,
    UNAVAILABLE
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.TAX_ID;
  }

  @Override
  public SubjectId subject() {
    return new SubjectId(customerId.orElse(id));
  }

  @Override
  public boolean terminal() {
    return false;
  }
}
