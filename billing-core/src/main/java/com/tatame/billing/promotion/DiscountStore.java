package com.tatame.billing.promotion;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import java.util.List;
import java.util.Optional;

/** Port: the discounts that administrators gave, which are commands of the journal. */
public interface DiscountStore {
  /**
   * What the journal has of a discount.
   *
   * @param given the command that gave it, else the last that was to
   * @param removed the command that took it off, else the last that was to
   */
  record Commanded(Command given, Optional<Command> removed) {}

  Optional<Commanded> find(String id);

  /**
   * Discounts, whether they are in force or not.
   *
   * @param account only those of this one; empty for all
   * @param before the id of the last one of the page before; empty for the first page
   * @param limit 1 to 101
   * @return those given last first
   */
  List<Commanded> list(Optional<AccountId> account, Optional<String> before, int limit);
}
