package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.promotion.DiscountStore;
import java.util.List;
import java.util.Optional;

/** Discounts that administrators gave, behind their functions. */
final class DiscountFunctions implements DiscountStore {
  private final Functions functions;

  DiscountFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public Optional<Commanded> find(String id) {
    return functions
        .row("find_discount_v1", Row.empty().with("id", id))
        .map(DiscountFunctions::commanded);
  }

  @Override
  public List<Commanded> list(Optional<AccountId> account, Optional<String> before, int limit) {
    Page.check(limit);
    Row asked = Row.empty().with("account_id", account).with("before", before).with("limit", limit);
    return functions.rows("list_discounts_v1", asked).map(DiscountFunctions::commanded);
  }

  private static Commanded commanded(Row row) {
    return new Commanded(
        CommandFunctions.command(row.optionalRow("given").orElseThrow()),
        row.optionalRow("removed").map(CommandFunctions::command));
  }
}
