package com.tatame.billing.invoice;

import com.tatame.billing.account.AccountId;
import java.util.List;
import java.util.Optional;

/** Port: the mirrored invoices of one account. */
public interface InvoiceStore {
  /**
   * One page of the account's invoices.
   *
   * @param after only those that come after this id; empty for the first page
   * @param limit 1 to 101
   * @return by creation, newest first, then by id
   */
  List<Invoice> list(AccountId account, Optional<String> after, int limit);

  /** The account's invoice with this id; another account's is not found. */
  Optional<Invoice> find(AccountId account, String invoiceId);
}
