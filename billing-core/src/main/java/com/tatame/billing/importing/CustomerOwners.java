package com.tatame.billing.importing;

import com.tatame.billing.account.AccountId;
import java.util.Optional;

/** Whose customers are, as an operator says who answers for it. */
@FunctionalInterface
public interface CustomerOwners {
  /** No mapping: what customers carry in their metadata decides alone. */
  CustomerOwners UNKNOWN = customerId -> Optional.empty();

  /** The account that a customer of the provider belongs to; empty if that is not known. */
  Optional<AccountId> of(String customerId);
}
