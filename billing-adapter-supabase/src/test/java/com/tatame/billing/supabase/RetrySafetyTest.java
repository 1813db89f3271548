package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.schema.Migrations;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RetrySafetyTest {
  /** Called by migrations alone, never over the API. */
  private static final Set<String> OF_MIGRATIONS = Set.of("secure_schema_v1");

  private static final Pattern FUNCTION =
      Pattern.compile("(?:create (?:or replace )?function|rename to) (\\w+)");

  /**
   * What people call from their own SQL or embed over PostgREST, and what that calls; the store calls
   * none of it.
   */
  private static final Set<String> OF_PEOPLE = Set.of(
      "account_usage_rows_v1",
      "subscriptions",
      "stripe_invoices",
      "users",
      "prices",
      "products",
      "mask_secrets_v1",
      "track_usage",
      "get_user_subscription",
      "account_terms_v1",
      "tier_at_v1",
      "window_at_v1");

  /** What the database calls by itself, and what that calls. */
  private static final Set<String> OF_TRIGGERS = Set.of(
      "report_consumptions_v1",
      "report_release_v1",
      "paid_units_v1",
      "guard_write_v1",
      "delete_messages_v1");

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
