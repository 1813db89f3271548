package com.tatame.billing.customer;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import java.util.Optional;

/** Port: who has which customer. Links are written by commits only. */
public interface CustomerStore {
  Optional<CustomerLink> find(AccountId account);

  /** Remembers who stands behind an account, as the identity provider last told. Idempotent. */
  void rememberUser(Principal principal);
}
