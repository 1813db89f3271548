package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Discount;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.ItemPrice;
import com.tatame.billing.catalog.ItemPricing;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.Commands;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.LimitReached;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** What items cost, and the giving of those that cost nothing. */
public final class ItemSales {
  private static final String PREFIX = "pur_";

  private static final String INCLUDED = "included";
  private static final String MEMBER = "member";
  private static final int MAX_ROUNDS = 10;

  private final CatalogInForce catalog;
  private final AccountCurrency currencies;
  private final Optional<ItemPricing> pricing;
  private final ItemUnits units;
  private final PurchaseStore purchases;
  private final Commands commands;
  private final InstantSource clock;

  /**
   * @param pricing in place of the plans' terms, if an application has prices of its own
   * @param commands the source of ids
   * @param clock the billing clock
   */
  public ItemSales(
      CatalogInForce catalog,
      AccountCurrency currencies,
      Optional<ItemPricing> pricing,
      ItemUnits units,
      PurchaseStore purchases,
      Commands commands,
      InstantSource clock) {
    this.catalog = catalog;
    this.currencies = currencies;
    this.pricing = pricing;
    this.units = units;
    this.purchases = purchases;
    this.commands = commands;
    this.clock = clock;
  }

  /**
   * An item, and what an account pays for it now.
   *
   * @param item in the currency of the sale alone
   * @param takesUnit whether its sale takes a unit of what the account's plan gives: only then the
   *     price is certain
   */
  public record Quote(Item item, ItemPrice price, boolean takesUnit) {
    /** As it is sold under this purchase. */
    public ItemSale sale(String purchaseId) {
      return new ItemSale(purchaseId, item.id(), item.kind(), price.listPrice(), price.discount());
    }
  }

  /** What is to be paid, or else the purchase itself. */
  public record Offer(Optional<Quote> quote, Optional<Given> given) {}

  /** A purchase that was free, and whether it is new. */
  public record Given(Purchase purchase, boolean created) {}

  /** The id of the purchase that a command begins. */
  public static String purchaseId(CommandId command) {
    return PREFIX + command.value();
  }

  /** The command that began a purchase; of another purchase there is none with this id. */
  public static CommandId commandOf(String purchaseId) {
    return new CommandId(
        purchaseId.startsWith(PREFIX) ? purchaseId.substring(PREFIX.length()) : purchaseId);
  }

  /** The id of the unit that a command takes. */
  public static String unitId(CommandId command) {
    return ReservationStore.PREFIX + command.value();
  }

  /** The command that took a unit. */
  public static CommandId commandOf(ReservationStore.Held held) {
    return new CommandId(held.id().substring(ReservationStore.PREFIX.length()));
  }

  /**
   * Gives what is free for the caller, and says of all else what it costs. Who has not signed in pays
   * the list price: a user may open any number of sessions, so what each was given would have
   * no end. What has no list price an account has once; else each time takes a unit.
   *
   * @param currency in which it is bought; empty for the account's own, or else the default
   * @param key under which what is free is given once; empty if it is never repeated
   * @throws ValidationFailed if the catalog has no such item, or doesn't sell it in the currency
   * @throws Conflict {@code already_owned}, or {@code currency_fixed} if the account pays in another
   * @throws LimitReached if the caller's plan refuses any more of such items
   */
  public Offer offer(
      Principal caller, String itemId, Optional<String> currency, Optional<String> key) {
    return catalog.pinned(() -> offered(caller, itemId, currency, key));
  }

  private Offer offered(
      Principal caller, String itemId, Optional<String> currency, Optional<String> key) {
    AccountId account = caller.account();
    Optional<Purchase> before = key.flatMap(own -> purchases.given(account, drawKey(itemId, own)));
    if (before.isPresent()) {
      return new Offer(Optional.empty(), Optional.of(new Given(before.get(), false)));
    }
    refuseOwned(account, itemId);
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Quote quote = quote(caller, itemId, currency);
      if (!quote.price().free()) {
        return new Offer(Optional.of(quote), Optional.empty());
      }
      Optional<Given> given = give(account, quote, key);
      if (given.isPresent()) {
        return new Offer(Optional.empty(), given);
      }
    }
    throw Entitlements.changing(account);
  }

  /**
   * Refuses to sell what the account owns. What has no list price is never sold, but had.
   *
   * @throws Conflict {@code already_owned}, with the purchase
   */
  public void refuseOwned(AccountId account, String itemId) {
    catalog
        .get()
        .item(itemId)
        .filter(item -> !item.repeatable() && item.price().amount() > 0)
        .flatMap(item -> purchases.owned(account, item.id()))
        .ifPresent(owned -> {
          throw Conflict.alreadyOwned(owned.id());
        });
  }

  private Quote quote(Principal caller, String itemId, Optional<String> currency) {
    Item sold = catalog
        .get()
        .item(itemId)
        .orElseThrow(
            () -> ValidationFailed.of("item", "'" + itemId + "' is not an item of the catalog"));
    Item item = sold.in(
            currencies.price(caller.account(), itemId, sold.amounts(), currency).currency())
        .orElseThrow();
    if (pricing.isPresent()) {
      return new Quote(item, pricing.get().price(caller.account(), item), false);
    }
    if (caller.isAnonymous() || item.price().amount() == 0) {
      return new Quote(item, ItemPrice.full(item), false);
    }
    return units
        .offered(caller.account(), item.kind(), item.price())
        .map(terms -> new Quote(item, price(item.price(), terms), terms.counted()))
        .orElseGet(() -> new Quote(item, ItemPrice.full(item), false));
  }

  /** What a sale costs on such terms. */
  static ItemPrice price(Money listPrice, ItemUnits.Terms terms) {
    Optional<Discount> discount = terms.percent() == 0
        ? Optional.empty()
        : Optional.of(
            new Discount(terms.percent(), terms.place() == PriceBand.INCLUDED ? INCLUDED : MEMBER));
    return new ItemPrice(listPrice, discount, terms.price());
  }

  // Empty if there is no free unit any more.
  private Optional<Given> give(AccountId account, Quote quote, Optional<String> key) {
    CommandId id = commands.nextId();
    Purchase free = Purchase.free(
        purchaseId(id),
        account,
        quote.sale(purchaseId(id)),
        clock.instant().truncatedTo(ChronoUnit.MICROS));
    if (!quote.takesUnit()) {
      return Optional.of(given(free, purchases.addFree(free, taken(free))));
    }
    ItemUnits.Sold sold = new ItemUnits.Sold(quote.item().kind(), quote.item().price(), unitId(id));
    String drawKey = key.map(own -> drawKey(quote.item().id(), own)).orElse(sold.id());
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<UsageDebit> debit = units.free(account, sold, drawKey);
      if (debit.isEmpty()) {
        return Optional.empty();
      }
      PurchaseStore.Giving giving = quote.item().repeatable()
          ? purchases.give(free, debit.get(), taken(free))
          : purchases.giveOnce(free, debit.get(), taken(free));
      giving.owned().ifPresent(owned -> {
        throw Conflict.alreadyOwned(owned.id());
      });
      if (giving.debit() instanceof DebitResult.KeyReused) {
        throw Conflict.idempotencyKeyReused();
      } else if (!(giving.debit() instanceof DebitResult.Stale)) {
        return giving.purchase().map(stored -> given(free, stored));
      }
    }
    throw Entitlements.changing(account);
  }

  private AuditEntry taken(Purchase free) {
    return AuditEntry.of(
        commands.now(),
        AuditAction.TAKE_FREE_ITEM.code(),
        Optional.of(free.account()),
        free.id(),
        AuditChange.created(Map.of("item", free.sale().item())));
  }

  private static String drawKey(String item, String key) {
    return ReservationStore.PREFIX + "key " + item + " " + key;
  }

  private static Given given(Purchase wanted, Purchase stored) {
    return new Given(stored, stored.id().equals(wanted.id()));
  }
}
