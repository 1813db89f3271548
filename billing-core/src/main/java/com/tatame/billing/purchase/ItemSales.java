package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.ItemPrice;
import com.tatame.billing.catalog.ItemPricing;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.ValidationFailed;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** What items cost, and the giving of those that cost nothing. */
public final class ItemSales {
  private static final String PREFIX = "pur_";

  private final Catalog catalog;
  private final ItemPricing pricing;
  private final PurchaseStore purchases;
  private final Commands commands;
  private final InstantSource clock;

  /**
   * Wires it.
   *
   * @param commands the source of ids
   * @param clock the billing clock
   */
  public ItemSales(
      Catalog catalog,
      ItemPricing pricing,
      PurchaseStore purchases,
      Commands commands,
      InstantSource clock) {
    this.catalog = catalog;
    this.pricing = pricing;
    this.purchases = purchases;
    this.commands = commands;
    this.clock = clock;
  }

  /** An item, and what an account pays for it now. */
  public record Quote(Item item, ItemPrice price) {
    /** As it is sold under this purchase. */
    public ItemSale sale(String purchaseId) {
      return new ItemSale(purchaseId, item.id(), item.kind(), price.listPrice(), price.discount());
    }
  }

  /** A purchase that was free, and whether it is new. */
  public record Given(Purchase purchase, boolean created) {}

  /** The id of the purchase that a command begins. */
  public static String purchaseId(CommandId command) {
    return PREFIX + command.value();
  }

  /**
   * What an account pays.
   *
   * @throws ValidationFailed if the catalog has no such item
   */
  public Quote quote(AccountId account, String itemId) {
    Item item = catalog
        .item(itemId)
        .orElseThrow(
            () -> ValidationFailed.of("item", "'" + itemId + "' is not an item of the catalog"));
    return new Quote(item, pricing.price(account, item));
  }

  /** Gives an account what is free for it; an account has an item for free once. */
  public Given give(AccountId account, Quote quote) {
    String id = purchaseId(commands.nextId());
    Purchase free =
        Purchase.free(id, account, quote.sale(id), clock.instant().truncatedTo(ChronoUnit.MICROS));
    Purchase stored = purchases.addFree(free);
    return new Given(stored, stored.id().equals(id));
  }
}
