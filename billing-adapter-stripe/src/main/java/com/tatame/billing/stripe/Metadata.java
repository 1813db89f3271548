package com.tatame.billing.stripe;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Discount;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The names under which we write into Stripe's objects. They must never change. */
final class Metadata {
  static final String ACCOUNT = "billing_account";
  static final String COMMAND = "billing_command";
  static final String TIER = "tier";
  static final String INTERVAL = "interval";
  static final String SETUP = "billing_setup";

  private static final String PURCHASE = "purchase";
  private static final String ITEM = "item";
  private static final String KIND = "item_kind";
  private static final String LIST_PRICE = "list_price";
  private static final String DISCOUNT = "discount_percent";
  private static final String REASON = "discount_reason";

  private Metadata() {}

  /** What is written into the payment of an item, and into its session. */
  static Map<String, String> of(AccountId account, String commandId, ItemSale sale) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(ACCOUNT, account.value());
    metadata.put(COMMAND, commandId);
    metadata.put(PURCHASE, sale.purchaseId());
    metadata.put(ITEM, sale.item());
    metadata.put(KIND, sale.kind());
    metadata.put(LIST_PRICE, Long.toString(sale.listPrice().amount()));
    sale.discount().ifPresent(discount -> {
      metadata.put(DISCOUNT, Integer.toString(discount.percent()));
      metadata.put(REASON, discount.reason());
    });
    return metadata;
  }

  /** What was agreed when an item was sold; empty unless all of it is there and makes sense. */
  static Optional<ItemSale> sale(Map<String, String> metadata, String currency) {
    Optional<Long> listPrice = number(metadata, LIST_PRICE);
    if (listPrice.isEmpty() || !metadata.keySet().containsAll(Set.of(PURCHASE, ITEM, KIND))) {
      return Optional.empty();
    }
    Optional<Discount> discount = number(metadata, DISCOUNT)
        .filter(percent -> percent >= 1 && percent <= 100)
        .map(percent -> new Discount(percent.intValue(), metadata.getOrDefault(REASON, "unknown")));
    return Optional.of(new ItemSale(
        metadata.getOrDefault(PURCHASE, ""),
        metadata.getOrDefault(ITEM, ""),
        metadata.getOrDefault(KIND, ""),
        new Money(listPrice.get(), currency),
        discount));
  }

  private static Optional<Long> number(Map<String, String> metadata, String name) {
    return Optional.ofNullable(metadata.get(name))
        .filter(text -> text.matches("\\d{1,12}"))
        .map(Long::valueOf);
  }

  /** Whose object it is; empty if a merchant wrote what can't be an account. */
  static Optional<AccountId> account(Map<String, String> metadata) {
    try {
      return Optional.ofNullable(metadata.get(ACCOUNT)).map(AccountId::new);
    } catch (ValidationFailed e) {
      return Optional.empty();
    }
  }
}
