package com.tatame.billing.observation;

import java.util.Optional;

/**
 * The unit of consistency: the provider's customer that an object belongs to. An object that names no
 * customer belongs to the payment that it names, else to itself. It must be the same for all states of
 * an object, or two of them could be committed at once.
 */
public record SubjectId(String value) implements Comparable<SubjectId> {
  /** Of an object that names no customer, but may name a payment. */
  public static SubjectId ofPayment(
      Optional<String> paymentIntentId, Optional<String> chargeId, String id) {
    return new SubjectId(paymentIntentId.or(() -> chargeId).orElse(id));
  }

  @Override
  public int compareTo(SubjectId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
