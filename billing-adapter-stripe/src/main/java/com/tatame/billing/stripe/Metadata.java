package com.tatame.billing.stripe;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Discount;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.subscription.SelfPause;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The names under which we write into Stripe's objects. They must never change. */
final class Metadata {
  static final String ACCOUNT = "billing_account";
  static final String COMMAND = "billing_command";
  static final String TIER = "tier";
  static final String INTERVAL = "interval";
  static final String SETUP = "billing_setup";

  /** The renewal with which a user's pause begins, and when it ends: two epoch seconds. */
  static final String SELF_PAUSE = "billing_self_pause";

  /** When the user made this pause and those before it: epoch seconds. */
  static final String SELF_PAUSES = "billing_self_pauses";

  private static final Pattern SECONDS = Pattern.compile("\\d{1,11}(,\\d{1,11})*");

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

  /** What says in a subscription that its user paused it. */
  static Map<String, String> of(SelfPause pause) {
    return Map.of(
        SELF_PAUSE, seconds(List.of(pause.since(), pause.until())),
        SELF_PAUSES, seconds(pause.begun()));
  }

  /** The pause that a user made; empty if it is not said, or makes no sense. */
  static Optional<SelfPause> selfPause(Map<String, String> metadata) {
    List<Instant> span = instants(metadata.get(SELF_PAUSE));
    List<Instant> begun = instants(metadata.get(SELF_PAUSES));
    // An administrator's pause takes the span away; what counts as begun stays.
    return span.size() == 2
        ? Optional.of(new SelfPause(span.get(0), span.get(1), begun))
        : Optional.of(new SelfPause(Instant.EPOCH, Instant.EPOCH, begun))
            .filter(over -> !begun.isEmpty());
  }

  private static String seconds(List<Instant> instants) {
    return instants.stream()
        .map(instant -> Long.toString(instant.getEpochSecond()))
        .collect(Collectors.joining(","));
  }

  private static List<Instant> instants(@Nullable String text) {
    return text == null || !SECONDS.matcher(text).matches()
        ? List.of()
        : Stream.of(text.split(","))
            .map(Long::valueOf)
            .map(Instant::ofEpochSecond)
            .toList();
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
