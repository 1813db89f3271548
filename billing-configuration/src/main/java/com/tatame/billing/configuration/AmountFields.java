package com.tatame.billing.configuration;

import com.tatame.billing.configuration.YamlTree.Mapping;
import com.tatame.billing.failure.Suggestion;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.MinorUnits;
import com.tatame.billing.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what things cost: one amount in the catalog's currency, or one for each currency. What is
 * missing or wrong is collected; the catalog is not made of it then.
 */
final class AmountFields {
  private static final String ONE = "amount";
  private static final String SEVERAL = "amounts";

  /** The fields of something that has a price, of which one must be there. */
  static final Set<String> NAMES = Set.of(ONE, SEVERAL);

  private static final long MAX_AMOUNT = 99_999_999;

  private final CatalogFields fields;
  private final String currency;

  /**
   * @param currency the catalog's, in which everything is sold
   */
  AmountFields(CatalogFields fields, String currency) {
    this.fields = fields;
    this.currency = currency;
  }

  /** The catalog's currency; usd if it is missing. */
  static String currency(CatalogFields fields, Mapping root) {
    String currency = fields.text("", root, "currency").orElse("usd");
    if (!currency.matches("[a-z]{3}")) {
      fields.problem("currency", root, "must be three lower-case letters, such as usd");
      return "usd";
    }
    if (!MinorUnits.currencies().contains(currency)) {
      fields.problem(
          "currency",
          root.at("currency"),
          "is not a currency" + Suggestion.of(currency, MinorUnits.currencies()));
      return "usd";
    }
    return currency;
  }

  /** What a price or an item costs. */
  Amounts read(String path, Mapping priced) {
    if (!priced.entries().containsKey(SEVERAL)) {
      if (!priced.entries().containsKey(ONE)) {
        fields.problem(path + "." + ONE, priced, "is missing; give it in minor units");
      }
      return Amounts.of(money(path, priced, ONE, currency));
    }
    if (priced.entries().containsKey(ONE)) {
      fields.problem(
          path + "." + SEVERAL, priced.at(SEVERAL), "can't stand beside amount; keep one of them");
    }
    return several(path + "." + SEVERAL, fields.child(path, priced, SEVERAL));
  }

  /** What one field holds, as one amount or as one for each currency. */
  Optional<Amounts> read(String path, Mapping parent, String name) {
    if (!parent.entries().containsKey(name)) {
      return Optional.empty();
    }
    return Optional.of(
        parent.entries().get(name) instanceof Mapping
            ? several(path + "." + name, fields.child(path, parent, name))
            : Amounts.of(money(path, parent, name, currency)));
  }

  private Amounts several(String path, Mapping amounts) {
    if (!amounts.entries().containsKey(currency)) {
      fields.problem(
          path + "." + currency,
          amounts,
          "is missing: everything is sold in the catalog's currency");
    }
    List<Money> others = new ArrayList<>();
    amounts.entries().forEach((name, amount) -> {
      if (!MinorUnits.currencies().contains(name)) {
        fields.problem(
            path + "." + name,
            amount,
            "is not a currency; name it by three lower-case letters, such as eur"
                + Suggestion.of(name, MinorUnits.currencies()));
      } else if (!name.equals(currency)) {
        others.add(money(path, amounts, name, name));
      }
    });
    return Amounts.of(money(path, amounts, currency, currency), others);
  }

  private Money money(String path, Mapping parent, String name, String in) {
    Optional<Long> amount = fields.number(path, parent, name, 0, MAX_AMOUNT);
    int step = MinorUnits.step(in);
    if (amount.filter(units -> units % step != 0).isPresent()) {
      fields.problem(
          path + "." + name,
          parent.at(name),
          "must be a multiple of " + step + ": nothing else can be charged in " + in);
    }
    return new Money(amount.orElse(0L), in);
  }
}
