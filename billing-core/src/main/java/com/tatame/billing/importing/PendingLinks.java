package com.tatame.billing.importing;

import com.tatame.billing.account.AccountId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Whose customers are to be whose, as long as the store doesn't say so itself. */
final class PendingLinks {
  private final Map<AccountId, String> customers = new HashMap<>();
  private final Map<String, AccountId> owners = new HashMap<>();

  void add(AccountId owner, String customerId) {
    customers.put(owner, customerId);
    owners.put(customerId, owner);
  }

  Optional<String> customerOf(AccountId owner) {
    return Optional.ofNullable(customers.get(owner));
  }

  Optional<AccountId> ownerOf(String customerId) {
    return Optional.ofNullable(owners.get(customerId));
  }

  void clear() {
    customers.clear();
    owners.clear();
  }
}
