package com.tatame.billing.importing;

import com.tatame.billing.importing.SourceTables.Table;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a table keeps the provider's events.
 *
 * @param id the column of the event's id
 * @param payload the column of the whole event as it was received; without it nothing can be taken
 *     over
 */
public record EventColumns(Table table, String id, Optional<String> payload) {
  Set<String> columns() {
    Set<String> columns = new TreeSet<>(Set.of(id));
    payload.ifPresent(columns::add);
    return columns;
  }
}
