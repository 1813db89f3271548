package com.tatame.billing.observation;

/**
 * The unit of consistency: the provider's customer that an object belongs to, else the object
 * itself.
 */
public record SubjectId(String value) implements Comparable<SubjectId> {
  @Override
  public int compareTo(SubjectId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
