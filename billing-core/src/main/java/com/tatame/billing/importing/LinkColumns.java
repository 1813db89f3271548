package com.tatame.billing.importing;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.SourceTables.Table;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a table says whose customers are.
 *
 * @param key a column that orders the rows, best the primary key
 * @param account the column of the account
 * @param customer the column of the provider's customer
 * @param subscription the column of a subscription, which is read at the provider; without a
 *     customer it tells whose it is
 */
public record LinkColumns(
    Table table,
    String key,
    String account,
    Optional<String> customer,
    Optional<String> subscription) {
  public LinkColumns {
    if (customer.isEmpty() && subscription.isEmpty()) {
      throw ValidationFailed.of("customer", "is missing; name it, or the column of a subscription");
    }
  }

  Set<String> columns() {
    Set<String> columns = new TreeSet<>(Set.of(key));
    columns.add(account);
    customer.ifPresent(columns::add);
    subscription.ifPresent(columns::add);
    return columns;
  }
}
