package com.tatame.billing.importing;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.SourceTables.Table;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a table says what accounts have used.
 *
 * @param key a column that tells the rows apart, best the primary key: a row is counted once
 * @param account the column of the account
 * @param feature the column that names what was used; empty if all of it is {@code counts}
 * @param counts the feature that the amounts are of; empty if a column names it
 * @param names what the feature column says, and the feature of the catalog that it means; what is
 *     not among them is the feature's own name in lower case
 * @param amount the column of the amount
 * @param from the column of the beginning of the period; empty if all rows are of the present one
 * @param to the column of its end
 */
public record UsageColumns(
    Table table,
    String key,
    String account,
    Optional<String> feature,
    Optional<String> counts,
    Map<String, String> names,
    String amount,
    Optional<String> from,
    Optional<String> to) {
  public UsageColumns {
    names = Map.copyOf(names);
    if (feature.isPresent() == counts.isPresent()) {
      throw ValidationFailed.of(
          "feature", "must name a column, or else counts must name a feature, and not both");
    }
  }

  Set<String> columns() {
    Set<String> columns = new TreeSet<>(Set.of(key));
    columns.add(account);
    columns.add(amount);
    feature.ifPresent(columns::add);
    from.ifPresent(columns::add);
    to.ifPresent(columns::add);
    return columns;
  }
}
