package com.tatame.billing.tax;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.TaxId;
import java.util.List;
import java.util.Optional;

/** Port: the mirrored tax ids of one account. */
public interface TaxIdStore {
  /**
   * One page of the account's tax ids.
   *
   * @param after only those that come after this id; empty for the first page
   * @param limit 1 to 101
   * @return by creation, newest first, then by id
   */
  List<TaxId> list(AccountId account, Optional<String> after, int limit);

  /** The account's tax id with this id; another account's is not found. */
  Optional<TaxId> find(AccountId account, String taxIdId);
}
