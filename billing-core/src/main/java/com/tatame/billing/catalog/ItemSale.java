package com.tatame.billing.catalog;

import com.tatame.billing.money.Money;
import java.util.Optional;

/**
 * What was agreed when an item was sold. It travels with the payment, so that what is known of a
 * purchase depends neither on the catalog of a later day nor on our own rows.
 *
 * @param purchaseId ours
 * @param item its id at the time
 * @param kind its kind at the time
 */
public record ItemSale(
    String purchaseId, String item, String kind, Money listPrice, Optional<Discount> discount) {}
