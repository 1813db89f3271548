package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import java.util.Optional;

/** Port: the derived entitlements. Written by commits only. */
public interface EntitlementStore {
  /** Empty for an account that never had a subscription. */
  Optional<AccountEntitlement> find(AccountId account);
}
