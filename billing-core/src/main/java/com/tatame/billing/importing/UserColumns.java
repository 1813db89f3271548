package com.tatame.billing.importing;

import com.tatame.billing.importing.SourceTables.Table;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a table says who stands behind an account.
 *
 * @param key a column that orders the rows, best the primary key
 * @param account the column of the account, which is the user's id at the identity provider
 */
public record UserColumns(
    Table table, String key, String account, Optional<String> email, Optional<String> name) {
  Set<String> columns() {
    Set<String> columns = new TreeSet<>(Set.of(key));
    columns.add(account);
    email.ifPresent(columns::add);
    name.ifPresent(columns::add);
    return columns;
  }
}
