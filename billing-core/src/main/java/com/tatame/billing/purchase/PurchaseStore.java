package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.UsageDebit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Port: what accounts bought. What an anonymous session bought belongs to the account that claimed
 * the session, from that moment on.
 */
public interface PurchaseStore {
  /** All of the account's purchases, as {@link #list(AccountId, Optional, Optional, int)}. */
  default List<Purchase> list(AccountId account, Optional<String> after, int limit) {
    return list(account, Optional.empty(), after, limit);
  }

  /**
   * The account's purchases, newest first, then by id.
   *
   * @param item only those of this item
   * @param after the id of the last one before the page; an unknown one gives an empty page
   * @param limit 1 to 101
   */
  List<Purchase> list(AccountId account, Optional<String> item, Optional<String> after, int limit);

  /**
   * The first purchase by which the account owns an item: one that was paid or cost nothing, of which
   * not all was given back, and which no dispute took back.
   */
  Optional<Purchase> owned(AccountId account, String item);

  /**
   * Purchases of what their buyers owned already, the last first, then by id. What a visitor bought
   * counts as the claimer's.
   *
   * @param repeatable items that may be owned several times
   * @param after the id of the last one before the page; an unknown one gives an empty page
   * @param limit 1 to 101
   */
  List<Duplicate> duplicates(Set<String> repeatable, Optional<String> after, int limit);

  /**
   * A purchase that is one too many.
   *
   * @param owner whose it is by now
   * @param keptId the purchase that came first
   */
  record Duplicate(Purchase purchase, AccountId owner, String keptId) {}

  /** The account's purchase with this id; another account's is not found. */
  Optional<Purchase> find(AccountId account, String purchaseId);

  /**
   * Writes down a purchase that was free, unless the account has this item for free already.
   *
   * @param audit written in the same commit, if the given one is written down
   * @return the given one, or the one that was there
   */
  Purchase addFree(Purchase free, AuditEntry audit);

  /**
   * Takes a unit and writes down the purchase that it pays, both or neither. The unit stays taken.
   * Asked again under the key of the draw it answers the same, and takes and writes nothing.
   *
   * @param free whose id no other purchase has
   * @param audit written in the same commit, if the purchase is
   */
  Giving give(Purchase free, UsageDebit debit, AuditEntry audit);

  /**
   * As {@link #give}, unless the account owns the item: then nothing is taken and nothing written. Of
   * many who ask at once for one item one is given it. What was given under the key of the draw is
   * answered as by {@link #give}.
   */
  Giving giveOnce(Purchase free, UsageDebit debit, AuditEntry audit);

  /** What was given under the key of a draw. */
  Optional<Purchase> given(AccountId account, String key);

  /**
   * What became of the wish to have something for a unit.
   *
   * @param purchase given now or before under the key; empty if the draw is not granted
   * @param owned by which the account owns the item already, so that nothing was drawn
   */
  record Giving(DebitResult debit, Optional<Purchase> purchase, Optional<Purchase> owned) {
    /** Of an item that was not owned, or may be owned several times. */
    public Giving(DebitResult debit, Optional<Purchase> purchase) {
      this(debit, purchase, Optional.empty());
    }
  }
}
