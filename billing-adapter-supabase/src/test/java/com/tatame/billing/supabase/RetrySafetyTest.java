package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.schema.Migrations;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RetrySafetyTest {
  /** Called by migrations alone, never over the API. */
  private static final Set<String> OF_MIGRATIONS = Set.of("secure_schema_v1", "secure_schema_v2");

  private static final Pattern FUNCTION = Pattern.compile("create (?:or replace )?function (\\w+)");

  /** They stay for nodes that are still to be updated. */
  private static final Set<String> OF_EARLIER_RELEASES = Set.of(
      "stored_events_v2",
      "find_event_v1",
      "claim_events_v1",
      "stored_events_v1",
      "ingest_events_v1",
      "load_subjects_v2",
      "load_subjects_v1",
      "commit_units_v1",
      "pending_reads_v1",
      "settle_events_v2",
      "repaired_drift_v1",
      "customers_after_v1",
      "open_command_v1",
      "open_command_v2",
      "reserve_key_v1",
      "complete_key_v1",
      "release_key_v1",
      "find_checkout_v1",
      "find_entitlement_v1",
      "account_usage_v1",
      "account_usage_v2",
      "account_terms_v1",
      "consume_v1",
      "consume_v2",
      "consume_v3",
      "give_item_v1",
      "move_rows_v1",
      "give_item_v2",
      "release_consumption_v1",
      "set_gauge_v1",
      "add_free_purchase_v1",
      "list_purchases_v1",
      "claim_anonymous_session_v1",
      "set_gauge_v2",
      "prune_consumptions_v1");

  /** What people call from their own SQL, and what that calls; the store calls none of it. */
  private static final Set<String> OF_PEOPLE = Set.of(
      "mask_secrets_v1",
      "track_usage",
      "get_user_subscription",
      "account_terms_v2",
      "tier_at_v1",
      "window_at_v1");

  /** What the database calls by itself, and what that calls. */
  private static final Set<String> OF_TRIGGERS =
      Set.of("report_consumptions_v1", "report_release_v1", "paid_units_v1", "guard_write_v1");

  @Test
  void everyFunctionOfTheSchemaIsDecidedOn() {
    Set<String> functions = new TreeSet<>();
    Migrations.scripts("billing")
        .forEach(script -> FUNCTION
            .matcher(script.sql())
            .results()
            .forEach(match -> functions.add(match.group(1))));

    assertThat(functions).hasSizeGreaterThan(30).containsAll(OF_MIGRATIONS);
    functions.removeAll(OF_MIGRATIONS);
    assertThat(functions).containsAll(OF_EARLIER_RELEASES);
    functions.removeAll(OF_EARLIER_RELEASES);
    assertThat(functions).containsAll(OF_PEOPLE);
    functions.removeAll(OF_PEOPLE);
    assertThat(functions).containsAll(OF_TRIGGERS);
    functions.removeAll(OF_TRIGGERS);
    assertThat(RetrySafety.functions()).containsExactlyElementsOf(functions);
  }

  @Test
  void theAnswerOfAFunctionThatNobodyDecidedOnIsKept() {
    assertThat(RetrySafety.of("of_a_later_release_v1")).isEqualTo(RetrySafety.DEDUPLICATED);
  }
}
