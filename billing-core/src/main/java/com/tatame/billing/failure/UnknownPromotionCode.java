package com.tatame.billing.failure;

import java.util.List;

/** A promotion code that doesn't exist: a slip of the pen, or a guess. */
public final class UnknownPromotionCode extends ValidationFailed {
  private static final long serialVersionUID = 1L;

  /** Names the field that holds the code. */
  public UnknownPromotionCode(String field, String message) {
    super(List.of(new FieldError(field, message)));
  }
}
