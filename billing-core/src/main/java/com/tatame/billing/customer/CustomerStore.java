package com.tatame.billing.customer;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Port: who has which customer. Links are written by commits only. */
public interface CustomerStore {
  Optional<CustomerLink> find(AccountId account);

  /** Stores who stands behind an account, as the identity provider last said. Idempotent. */
  void rememberUser(Principal principal);

  /**
   * Stores those that are not known yet. What an identity provider said about the others
   * stays as it is.
   *
   * @param users at most 1000
   * @return the accounts that were new
   */
  Set<AccountId> introduce(List<Principal> users);
}
