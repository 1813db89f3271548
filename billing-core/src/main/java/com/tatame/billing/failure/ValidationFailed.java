package com.tatame.billing.failure;

import java.util.List;
import java.util.stream.Collectors;

/** Input that can't be used; each error names its field. */
public sealed class ValidationFailed extends BillingException permits UnknownPromotionCode {
  private static final long serialVersionUID = 1L;

  private final transient List<FieldError> errors;

  /** One field and what is wrong with it, in words for the caller. */
  public record FieldError(String field, String message) {}

  public ValidationFailed(List<FieldError> errors) {
    super(
        "validation_failed",
        false,
        errors.stream().map(e -> e.field() + ": " + e.message()).collect(Collectors.joining("; ")));
    this.errors = List.copyOf(errors);
  }

  public static ValidationFailed of(String field, String message) {
    return new ValidationFailed(List.of(new FieldError(field, message)));
  }

  /** At least one error, in the order in which they were found. */
  public List<FieldError> errors() {
    return errors;
  }
}
