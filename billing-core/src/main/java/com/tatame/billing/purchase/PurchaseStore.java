package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.Draw;
import com.tatame.billing.entitlement.DrawResult;
import java.util.List;
import java.util.Optional;

/**
 * Port: what accounts bought. What an anonymous session bought belongs to the account that claimed
 * the session, from that moment on.
 */
public interface PurchaseStore {
  /**
   * The account's purchases, newest first, then by id.
   *
   * @param after the id of the last one before the page; an unknown one gives an empty page
   * @param limit 1 to 101
   */
  List<Purchase> list(AccountId account, Optional<String> after, int limit);

  /** The account's purchase with this id; somebody else's is not found. */
  Optional<Purchase> find(AccountId account, String purchaseId);

  /**
   * Writes down a purchase that was free, unless the account has this item for free already.
   *
   * @return the given one, or the one that was there
   */
  Purchase addFree(Purchase free);

  /**
   * Takes a unit and writes down the purchase that it pays, both or neither. The unit stays taken.
   * Asked again under the key of the draw it answers the same, and takes and writes nothing.
   *
   * @param free whose id no other purchase has
   */
  Giving give(Purchase free, Draw draw);

  /** What was given under the key of a draw. */
  Optional<Purchase> given(AccountId account, String key);

  /**
   * What became of the wish to have something for a unit.
   *
   * @param purchase given now or before under the key; empty if the draw is not granted
   */
  record Giving(DrawResult draw, Optional<Purchase> purchase) {}
}
