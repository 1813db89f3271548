package com.tatame.billing.testkit;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.promotion.DiscountStore;
import com.tatame.billing.promotion.DiscountStore.Commanded;
import java.util.Map;
import java.util.Optional;

/** Stores that each break one rule of listed discounts. */
final class BadDiscounts {
  private BadDiscounts() {}

  static class KnowsTheFirstAlone extends ForwardingStore {
    @Override
    public DiscountStore discounts() {
      return spoil(
          DiscountStore.class,
          good.discounts(),
          Map.of(
              "find",
              args -> good.commands().list(JournalFilter.ALL, Optional.empty(), 101).stream()
                  .filter(command -> command.kind() == CommandKind.GIVE_DISCOUNT)
                  .filter(command -> command.target().equals(args[0]))
                  .reduce((Command later, Command earlier) -> earlier)
                  .map(first -> new Commanded(first, Optional.empty()))));
    }
  }

  static class ForgetsRemovals extends ForwardingStore {
    @Override
    public DiscountStore discounts() {
      return spoil(
          DiscountStore.class,
          good.discounts(),
          Map.of(
              "find",
              args -> good.discounts()
                  .find((String) args[0])
                  .map(commanded -> new Commanded(commanded.given(), Optional.empty()))));
    }
  }

  static class ListsEverybodys extends ForwardingStore {
    @Override
    public DiscountStore discounts() {
      return spoil(
          DiscountStore.class,
          good.discounts(),
          Map.of("list", args -> good.discounts().list(Optional.empty(), Optional.empty(), 101)));
    }
  }
}
