package com.tatame.billing.schema;

/** A store was to be opened as it is, and its schema is missing or older than this release. */
public final class SchemaNotReady extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient SchemaStatus status;

  public SchemaNotReady(SchemaStatus status) {
    super(status.describe());
    this.status = status;
  }

  /** What was found. */
  public SchemaStatus status() {
    return status;
  }
}
