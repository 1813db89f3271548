package com.tatame.billing.purchase;

import com.tatame.billing.catalog.Discount;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.command.Command;
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

  /** The parameters of a command that sells this. */
  public static Map<String, String> params(ItemSales.Quote quote) {
    Map<String, String> params = new TreeMap<>();
    params.put(ITEM, quote.item().id());
    params.put(KIND, quote.item().kind());
    params.put(NAME, quote.item().name());
    params.put(CURRENCY, quote.price().amount().currency());
    params.put(LIST_PRICE, Long.toString(quote.price().listPrice().amount()));
    params.put(AMOUNT, Long.toString(quote.price().amount().amount()));
    quote.price().discount().ifPresent(discount -> {
      params.put(DISCOUNT, Integer.toString(discount.percent()));
      params.put(REASON, discount.reason());
    });
    return params;
  }

  /** What a command sells. */
  public static SaleTerms of(Command command) {
    Map<String, String> params = command.params();
    String currency = required(params, CURRENCY);
    return new SaleTerms(
        new ItemSale(
            ItemSales.purchaseId(command.id()),
            required(params, ITEM),
            required(params, KIND),
            new Money(Long.parseLong(required(params, LIST_PRICE)), currency),
            Optional.ofNullable(params.get(DISCOUNT))
                .map(percent -> new Discount(Integer.parseInt(percent), required(params, REASON)))),
        required(params, NAME),
        new Money(Long.parseLong(required(params, AMOUNT)), currency));
  }

  private static String required(Map<String, String> params, String name) {
    String value = params.get(name);
    if (value == null) {
      throw new IllegalStateException("a stored sale lacks " + name);
    }
    return value;
  }
}
