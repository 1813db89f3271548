package com.tatame.billing.purchase;

import com.tatame.billing.catalog.Discount;
import com.tatame.billing.catalog.ItemPrice;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.Commands;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.money.Money;
import java.util.Optional;

/**
 * The sale that a command carries, frozen: what was agreed when it was written down is what is sent.
 *
 * @param name of the item, as the payer reads it
 * @param amount to be paid
 */
public record SaleTerms(ItemSale sale, String name, Money amount) {
  /** In which a command sells; missing where there was no choice. */
  public static final CommandParam<String> CURRENCY = CommandParam.text("currency");

  static final CommandParam<Long> AMOUNT = CommandParam.number("amount");
  private static final CommandParam<String> ITEM = CommandParam.text("item");
  private static final CommandParam<String> KIND = CommandParam.text("kind");
  private static final CommandParam<String> NAME = CommandParam.text("name");
  private static final CommandParam<Long> LIST_PRICE = CommandParam.number("list_price");
  private static final CommandParam<Integer> DISCOUNT = CommandParam.integer("discount_percent");
  private static final CommandParam<String> REASON = CommandParam.text("discount_reason");

  // The feature of which the command takes a unit when it is sent: by then its price is known, and
  // the unit keeps it.
  private static final CommandParam<String> UNIT = CommandParam.text("unit");

  /** The parameters of a command that sells this. */
  public static CommandParams params(ItemSales.Quote quote) {
    CommandParams params = CommandParams.none()
        .with(ITEM, quote.item().id())
        .with(KIND, quote.item().kind())
        .with(NAME, quote.item().name())
        .with(CURRENCY, quote.price().amount().currency())
        .with(LIST_PRICE, quote.price().listPrice().amount());
    return quote.takesUnit()
        ? params.with(UNIT, quote.item().kind())
        : params
            .with(AMOUNT, quote.price().amount().amount())
            .with(DISCOUNT, quote.price().discount().map(Discount::percent))
            .with(REASON, quote.price().discount().map(Discount::reason));
  }

  /**
   * What a command sells, as {@link #agreed}.
   *
   * @throws com.tatame.billing.failure.ProviderRejected if it can't be sold so any more; nothing may
   *     be sent then
   */
  public static SaleTerms of(Command command, ItemUnits units) {
    return agreed(command, units)
        .orElseThrow(
            () -> Commands.superseded("What the item costs has changed meanwhile; try again."));
  }

  /**
   * What a command sells. If its price goes by a unit, that is taken, unless it was before.
   *
   * @return empty if there is no such unit any more, or it was given back
   */
  public static Optional<SaleTerms> agreed(Command command, ItemUnits units) {
    Money listPrice = money(command, LIST_PRICE);
    return takesUnit(command)
        ? units
            .hold(
                command.account(),
                new ItemUnits.Sold(UNIT.get(command), listPrice, ItemSales.unitId(command.id())))
            .map(terms -> terms(command, ItemSales.price(listPrice, terms)))
        : Optional.of(
            terms(command, new ItemPrice(listPrice, discount(command), money(command, AMOUNT))));
  }

  private static SaleTerms terms(Command command, ItemPrice price) {
    return new SaleTerms(
        new ItemSale(
            ItemSales.purchaseId(command.id()),
            ITEM.get(command),
            KIND.get(command),
            price.listPrice(),
            price.discount()),
        NAME.get(command),
        price.amount());
  }

  private static Optional<Discount> discount(Command command) {
    return DISCOUNT.find(command).map(percent -> new Discount(percent, REASON.get(command)));
  }

  private static Money money(Command command, CommandParam<Long> amount) {
    return new Money(amount.get(command), CURRENCY.get(command));
  }

  /** Whether what a command sells takes a unit of what the account's plan gives. */
  public static boolean takesUnit(Command command) {
    return UNIT.find(command).isPresent();
  }
}
