package com.tatame.billing.account;

import com.tatame.billing.failure.ValidationFailed;

/**
 * Whose data it is: the active organisation of the caller, else the caller. At most 255 characters
 * as the identity provider gives them.
 */
public record AccountId(String value) implements Comparable<AccountId> {
  private static final int MAX_LENGTH = 255;

  public AccountId {
    if (value.isBlank() || value.length() > MAX_LENGTH) {
      throw ValidationFailed.of("accountId", "must have 1 to " + MAX_LENGTH + " characters");
    }
  }

  @Override
  public int compareTo(AccountId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
