package com.tatame.billing.catalog;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A price at the provider.
 *
 * @param unitAmount empty when tiered or finer than the minor unit
 * @param recurrence empty for a one-time price
 */
public record Price(
    String id,
    String productId,
    boolean active,
    String currency,
    Optional<Long> unitAmount,
    Optional<Recurrence> recurrence,
    Optional<String> lookupKey,
    Map<String, String> metadata,
    Instant createdAt)
    implements ProviderObject {
  public Price {
    metadata = Map.copyOf(metadata);
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.PRICE;
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
