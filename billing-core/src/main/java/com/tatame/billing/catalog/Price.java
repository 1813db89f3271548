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
  /**
   * In the metadata of the prices that were made from the catalog: the plan, as {@link
   * Catalog.Offer#name}. Never to change.
   */
  public static final String PLAN_MARK = "billing_plan";

  public Price {
    metadata = Map.copyOf(metadata);
  }

  /** The plan that it was made for; empty for a price that was not made from the catalog. */
  public Optional<String> plan() {
    return Optional.ofNullable(metadata.get(PLAN_MARK));
  }

  /**
   * Under what name it is sold, or was before another price took its lookup key: the lookup key, or
   * else the plan that it was made for.
   */
  public Optional<String> soldAs() {
    return lookupKey.or(this::plan);
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
