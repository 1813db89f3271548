package com.tatame.billing.server;

import com.tatame.billing.importing.EventColumns;
import com.tatame.billing.importing.LinkColumns;
import com.tatame.billing.importing.SourceTables;
import com.tatame.billing.importing.SourceTables.Table;
import com.tatame.billing.importing.TableMapping;
import com.tatame.billing.importing.UserColumns;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The two tables of the earlier Tatame backend: customers of Clerk's users, and events. */
final class LegacyTatameTables {
  private static final String MAPPING = "stripe_customer_mapping";
  private static final String EVENTS = "stripe_webhook_events";
  private static final String USER = "clerk_user_id";
  private static final String PAYLOAD = "raw_data";

  private LegacyTatameTables() {}

  /**
   * What of the layout is there: address, name and payloads came to it later.
   *
   * @throws IllegalStateException if nothing of it is there
   */
  static TableMapping in(SourceTables source, String schema) {
    Table mapping = new Table(schema, MAPPING);
    Table events = new Table(schema, EVENTS);
    Set<String> ofMapping = source.columns(mapping);
    Set<String> ofEvents = source.columns(events);
    if (ofMapping.isEmpty() && ofEvents.isEmpty()) {
      throw new IllegalStateException("Neither " + mapping + " nor " + events
          + " is there with rows. Set BILLING_IMPORT_FROM to where they are, or name their schema with"
          + " --schema.");
    }
    boolean linked = ofMapping.containsAll(Set.of(USER, "stripe_customer_id"));
    return new TableMapping(
        "tatame",
        linked
            ? Optional.of(new UserColumns(
                mapping, USER, USER, only("email", ofMapping), only("name", ofMapping)))
            : Optional.empty(),
        linked
            ? Optional.of(new LinkColumns(
                mapping, USER, USER, Optional.of("stripe_customer_id"), Optional.empty()))
            : Optional.empty(),
        List.of(),
        ofEvents.contains("stripe_event_id")
            ? Optional.of(new EventColumns(events, "stripe_event_id", only(PAYLOAD, ofEvents)))
            : Optional.empty());
  }

  private static Optional<String> only(String column, Set<String> columns) {
    return Optional.of(column).filter(columns::contains);
  }
}
