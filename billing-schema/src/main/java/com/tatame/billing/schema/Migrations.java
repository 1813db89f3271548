package com.tatame.billing.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The migrations, forward only, in the naming of Flyway. */
public final class Migrations {
  /** Where they lie on the class path. */
  public static final String LOCATION = "com/tatame/billing/schema/migrations";

  /** The placeholder in them that stands for the schema's name. */
  public static final String SCHEMA_PLACEHOLDER = "schema";

  /** The schema unless configured otherwise. */
  public static final String DEFAULT_SCHEMA = "billing";

  private static final List<String> NAMES = List.of(
      "V1__tables.sql",
      "V2__views.sql",
      "V3__inbox.sql",
      "V4__projections.sql",
      "V5__journals.sql",
      "V6__reads.sql",
      "V7__access.sql",
      "V8__repetition.sql",
      "V9__access_of_later_objects.sql",
      "V10__api_keys.sql",
      "V11__inbox_operations.sql",
      "V12__more_mirrors.sql",
      "V13__drift.sql",
      "V14__undecided_commands.sql",
      "V15__operated_commands.sql",
      "V16__events_of_accounts.sql",
      "V17__arrival.sql",
      "V18__purchases.sql",
      "V19__refunds.sql",
      "V20__invoices_of_accounts.sql",
      "V21__objects_of_accounts.sql",
      "V22__coupons.sql",
      "V23__quotes.sql",
      "V24__duplicates.sql",
      "V25__trials.sql",
      "V26__usage.sql",
      "V27__usage_in_sql.sql",
      "V30__grants.sql",
      "V31__manual_discounts.sql",
      "V32__entitlement_history.sql",
      "V33__past_usage.sql",
      "V34__metered_usage.sql",
      "V36__units_of_sales.sql",
      "V37__usage_of_sessions.sql",
      "V38__moving.sql",
      "V40__imports.sql",
      "V41__quicker_usage.sql",
      "V42__states_of_accounts.sql",
      "V43__usage_that_is_not_compiled.sql",
      "V44__rows_that_change_meanwhile.sql",
      "V45__command_requests.sql",
      "V46__nothing_that_opens_something_is_kept.sql",
      "V47__consumptions_that_are_read.sql",
      "V48__late_workers.sql",
      "V49__leases_with_heartbeats.sql",
      "V50__owned_items.sql",
      "V51__final_rows_that_are_wrong.sql",
      "V52__drift_of_every_object.sql",
      "V53__events_view_without_secrets.sql");

  private Migrations() {}

  /**
   * One migration.
   *
   * @param name of its file
   * @param sql to be run with the schema first in the search path
   */
  public record Script(String name, String sql) {}

  /** All migrations for a schema of this name, in order. */
  public static List<Script> scripts(String schema) {
    return NAMES.stream()
        .map(
            name -> new Script(name, source(name).replace("${" + SCHEMA_PLACEHOLDER + "}", schema)))
        .toList();
  }

  /** A migration as it lies on the class path, with its placeholders. */
  static String source(String name) {
    try (InputStream in =
        Migrations.class.getClassLoader().getResourceAsStream(LOCATION + "/" + name)) {
      if (in == null) {
        throw new IllegalStateException("migration " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
