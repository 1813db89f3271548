package com.tatame.billing.money;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What something costs in each currency in which it is sold. The amounts are the seller's own: nothing
 * is converted.
 *
 * @param standard in the default currency
 * @param others in the other currencies, by their code
 */
public record Amounts(Money standard, List<Money> others) {
  /** In one currency only. */
  public static Amounts of(Money standard) {
    return new Amounts(standard, List.of());
  }

  /** In any order. */
  public static Amounts of(Money standard, Collection<Money> others) {
    return new Amounts(standard, List.copyOf(others));
  }

  /**
   * Checks and sorts.
   *
   * @throws IllegalArgumentException if a currency is named twice
   */
  public Amounts {
    List<Money> sorted = new ArrayList<>(others);
    sorted.sort(Comparator.comparing(Money::currency));
    Set<String> currencies = new HashSet<>(Set.of(standard.currency()));
    for (Money money : sorted) {
      if (!currencies.add(money.currency())) {
        throw new IllegalArgumentException("two amounts in " + money.currency());
      }
    }
    others = List.copyOf(sorted);
  }

  /** All of them, the default currency first. */
  public List<Money> all() {
    return Stream.concat(Stream.of(standard), others.stream()).toList();
  }

  /** The codes of all currencies, the default first. */
  public List<String> currencies() {
    return all().stream().map(Money::currency).toList();
  }

  /** In one currency; empty if it is not sold in it. */
  public Optional<Money> in(String currency) {
    return all().stream().filter(money -> money.currency().equals(currency)).findFirst();
  }
}
