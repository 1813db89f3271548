package com.tatame.billing.stripe;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.ValidationFailed;
import java.util.Map;
import java.util.Optional;

/** The names under which we write into Stripe's objects. They must never change. */
final class Metadata {
  static final String ACCOUNT = "billing_account";
  static final String COMMAND = "billing_command";
  static final String TIER = "tier";
  static final String INTERVAL = "interval";

  private Metadata() {}

  /** Whose object it is; empty if a merchant wrote what can't be an account. */
  static Optional<AccountId> account(Map<String, String> metadata) {
    try {
      return Optional.ofNullable(metadata.get(ACCOUNT)).map(AccountId::new);
    } catch (ValidationFailed e) {
      return Optional.empty();
    }
  }
}
