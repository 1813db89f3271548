package com.tatame.billing.purchase;

import com.tatame.billing.catalog.Discount;
import com.tatame.billing.catalog.ItemPrice;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.Commands;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.money.Money;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The sale that a command carries, frozen: what was agreed when it was written down is what is sent.
 *
 * @param name of the item, as the payer reads it
 * @param amount to be paid
 */
public record SaleTerms(ItemSale sale, String name, Money amount) {
  private static final String ITEM = "item";
  private static final String KIND = "kind";
  private static final String NAME = "name";
  private static final String CURRENCY = "currency";
  private static final String LIST_PRICE = "list_price";
  private static final String AMOUNT = "amount";
  private static final String DISCOUNT = "discount_percent";
  private static final String REASON = "discount_reason";

  // The feature of which the command takes a unit when it is sent: by then its price is known, and
  // the unit keeps it.
  private static final String UNIT = "unit";

  /** The parameters of a command that sells this. */
  public static Map<String, String> params(ItemSales.Quote quote) {
    Map<String, String> params = new TreeMap<>();
    params.put(ITEM, quote.item().id());
    params.put(KIND, quote.item().kind());
    params.put(NAME, quote.item().name());
    params.put(CURRENCY, quote.price().amount().currency());
    params.put(LIST_PRICE, Long.toString(quote.price().listPrice().amount()));
    if (quote.takesUnit()) {
      params.put(UNIT, quote.item().kind());
      return params;
    }
    params.put(AMOUNT, Long.toString(quote.price().amount().amount()));
    quote.price().discount().ifPresent(discount -> {
      params.put(DISCOUNT, Integer.toString(discount.percent()));
      params.put(REASON, discount.reason());
    });
    return params;
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
                new ItemUnits.Sold(
                    required(command.params(), UNIT), listPrice, ItemSales.unitId(command.id())))
            .map(terms -> terms(command, ItemSales.price(listPrice, terms)))
        : Optional.of(
            terms(command, new ItemPrice(listPrice, discount(command), money(command, AMOUNT))));
  }

  private static SaleTerms terms(Command command, ItemPrice price) {
    return new SaleTerms(
        new ItemSale(
            ItemSales.purchaseId(command.id()),
            required(command.params(), ITEM),
            required(command.params(), KIND),
            price.listPrice(),
            price.discount()),
        required(command.params(), NAME),
        price.amount());
  }

  private static Optional<Discount> discount(Command command) {
    return Optional.ofNullable(command.params().get(DISCOUNT))
        .map(
            percent -> new Discount(Integer.parseInt(percent), required(command.params(), REASON)));
  }

  private static Money money(Command command, String param) {
    return new Money(
        Long.parseLong(required(command.params(), param)), required(command.params(), CURRENCY));
  }

  /** Whether what a command sells takes a unit of what the account's plan gives. */
  public static boolean takesUnit(Command command) {
    return command.params().containsKey(UNIT);
  }

  private static String required(Map<String, String> params, String name) {
    String value = params.get(name);
    if (value == null) {
      throw new IllegalStateException("a stored sale lacks " + name);
    }
    return value;
  }
}
