package com.tatame.billing.stripe;

import java.io.IOException;

/** Why a request was not even sent: a decision made here, which no attempt in a moment changes. */
final class NotSent extends IOException {
  private static final long serialVersionUID = 1L;

  NotSent(String message) {
    super(message);
  }
}
