package com.tatame.billing.catalog;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A product at the provider. */
public record Product(
    String id,
    String name,
    Optional<String> description,
    boolean active,
    Map<String, String> metadata,
    Instant createdAt)
    implements ProviderObject {
  /** In the metadata of the products that were made from the catalog: the tier. Never to change. */
  public static final String TIER_MARK = "billing_tier";

  public Product {
    metadata = Map.copyOf(metadata);
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.PRODUCT;
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
