package com.tatame.billing.supabase;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What to do about an answer that was lost, since the call behind it may have been executed. Nothing
 * is lost by asking for any function again; the question is what the second answer says.
 */
enum Repetition {
  /**
   * Asked again as it is: it reads, or it writes what its first call wrote and answers the same. A
   * claim knows its events, a command its sender's lease.
   */
  SAME_ANSWER,

  /**
   * Asked through {@code once_v1}, which keeps the first answer: the second would deny what the first
   * did (an event that is no longer new, a unit that is stale, a key that is running, a command that
   * somebody else sends by now), or would undo what came after (a key that is reserved anew).
   */
  KEPT_ANSWER;

  static final String ONCE = "once_v1";

  private static final Map<String, Repetition> OF = Map.ofEntries(
      Map.entry("ingest_events_v2", KEPT_ANSWER),
      Map.entry("receive_events_v1", KEPT_ANSWER),
      Map.entry("claim_events_v2", SAME_ANSWER),
      Map.entry("settle_events_v2", KEPT_ANSWER),
      Map.entry("inbox_status_v2", SAME_ANSWER),
      Map.entry("stored_events_v2", SAME_ANSWER),
      Map.entry("settle_events_v1", KEPT_ANSWER),
      Map.entry("inbox_status_v1", SAME_ANSWER),
      Map.entry("seq_at_v1", SAME_ANSWER),
      Map.entry("find_event_v1", SAME_ANSWER),
      Map.entry("replay_events_v1", KEPT_ANSWER),
      Map.entry("prune_events_v1", KEPT_ANSWER),
      Map.entry("begin_task_v1", SAME_ANSWER),
      Map.entry("customers_after_v1", SAME_ANSWER),
      Map.entry("prove_customer_v1", SAME_ANSWER),
      Map.entry("customer_proof_v1", SAME_ANSWER),
      Map.entry("report_drift_v1", KEPT_ANSWER),
      Map.entry("repaired_drift_v1", KEPT_ANSWER),
      Map.entry("list_drift_v1", SAME_ANSWER),
      Map.entry("find_drift_v1", SAME_ANSWER),
      Map.entry("started_trials_v1", SAME_ANSWER),
      Map.entry("watch_trial_v1", SAME_ANSWER),
      Map.entry("replace_trial_v1", KEPT_ANSWER),
      Map.entry("due_trials_v1", SAME_ANSWER),
      Map.entry("repeated_trials_v1", SAME_ANSWER),
      Map.entry("open_trials_v1", SAME_ANSWER),
      Map.entry("find_trial_v1", SAME_ANSWER),
      Map.entry("record_trial_v1", SAME_ANSWER),
      Map.entry("seen_trials_v1", SAME_ANSWER),
      Map.entry("several_subscriptions_v1", SAME_ANSWER),
      Map.entry("report_duplicate_v1", SAME_ANSWER),
      Map.entry("replace_duplicate_v1", KEPT_ANSWER),
      Map.entry("due_duplicates_v1", SAME_ANSWER),
      Map.entry("list_duplicates_v1", SAME_ANSWER),
      Map.entry("find_duplicate_v1", SAME_ANSWER),
      Map.entry("open_duplicates_v1", SAME_ANSWER),
      Map.entry("end_task_v1", KEPT_ANSWER),
      Map.entry("load_subjects_v3", SAME_ANSWER),
      Map.entry("wanted_rows_v1", SAME_ANSWER),
      Map.entry("commit_units_v2", KEPT_ANSWER),
      Map.entry("pending_reads_v2", SAME_ANSWER),
      Map.entry("open_command_v2", SAME_ANSWER),
      Map.entry("renew_command_v1", SAME_ANSWER),
      Map.entry("list_commands_v1", SAME_ANSWER),
      Map.entry("undecided_commands_v1", SAME_ANSWER),
      Map.entry("resolve_command_v1", KEPT_ANSWER),
      Map.entry("begin_command_v1", SAME_ANSWER),
      Map.entry("end_command_v1", KEPT_ANSWER),
      Map.entry("find_command_v1", SAME_ANSWER),
      Map.entry("last_succeeded_command_v1", SAME_ANSWER),
      Map.entry("abandoned_commands_v1", SAME_ANSWER),
      Map.entry("reserve_key_v1", KEPT_ANSWER),
      Map.entry("complete_key_v1", SAME_ANSWER),
      Map.entry("release_key_v1", KEPT_ANSWER),
      Map.entry("prune_keys_v1", KEPT_ANSWER),
      Map.entry("add_api_key_v1", KEPT_ANSWER),
      Map.entry("api_key_by_hash_v1", SAME_ANSWER),
      Map.entry("find_api_key_v1", SAME_ANSWER),
      Map.entry("list_api_keys_v1", SAME_ANSWER),
      Map.entry("revoke_api_key_v1", SAME_ANSWER),
      Map.entry("note_api_key_use_v1", SAME_ANSWER),
      Map.entry("remember_user_v1", SAME_ANSWER),
      Map.entry("introduce_users_v1", KEPT_ANSWER),
      Map.entry("find_customer_link_v1", SAME_ANSWER),
      Map.entry("find_entitlement_v1", SAME_ANSWER),
      Map.entry("list_billing_events_v1", SAME_ANSWER),
      Map.entry("list_subscriptions_v1", SAME_ANSWER),
      Map.entry("find_subscription_v1", SAME_ANSWER),
      Map.entry("find_checkout_v2", SAME_ANSWER),
      Map.entry("list_purchases_v1", SAME_ANSWER),
      Map.entry("find_purchase_v1", SAME_ANSWER),
      Map.entry("add_free_purchase_v2", SAME_ANSWER),
      Map.entry("find_payment_intent_v1", SAME_ANSWER),
      Map.entry("paid_v1", SAME_ANSWER),
      Map.entry("find_refund_v1", SAME_ANSWER),
      Map.entry("list_refunds_v1", SAME_ANSWER),
      Map.entry("add_anonymous_session_v1", KEPT_ANSWER),
      Map.entry("anonymous_session_v1", SAME_ANSWER),
      Map.entry("claim_anonymous_session_v2", SAME_ANSWER),
      Map.entry("move_usage_v1", KEPT_ANSWER),
      Map.entry("gather_usage_v1", KEPT_ANSWER),
      Map.entry("list_invoices_v1", SAME_ANSWER),
      Map.entry("find_invoice_v1", SAME_ANSWER),
      Map.entry("coupons_v1", SAME_ANSWER),
      Map.entry("list_account_objects_v1", SAME_ANSWER),
      Map.entry("find_account_object_v1", SAME_ANSWER),
      Map.entry("list_schedules_v1", SAME_ANSWER),
      Map.entry("keep_quote_v1", SAME_ANSWER),
      Map.entry("find_quote_v1", SAME_ANSWER),
      Map.entry("take_quote_v1", KEPT_ANSWER),
      Map.entry("prune_quotes_v1", KEPT_ANSWER),
      Map.entry("account_usage_v3", SAME_ANSWER),
      Map.entry("account_states_v1", SAME_ANSWER),
      Map.entry("consume_v4", KEPT_ANSWER),
      Map.entry("release_consumption_v2", SAME_ANSWER),
      Map.entry("publish_catalog_v1", SAME_ANSWER),
      Map.entry("publish_catalog_v2", SAME_ANSWER),
      Map.entry("publish_catalog_v3", SAME_ANSWER),
      Map.entry("add_grant_v1", SAME_ANSWER),
      Map.entry("revoke_grant_v1", SAME_ANSWER),
      Map.entry("find_grant_v1", SAME_ANSWER),
      Map.entry("list_grants_v1", SAME_ANSWER),
      Map.entry("find_discount_v1", SAME_ANSWER),
      Map.entry("list_discounts_v1", SAME_ANSWER),
      Map.entry("claim_meter_reports_v1", SAME_ANSWER),
      Map.entry("settle_meter_reports_v1", SAME_ANSWER),
      Map.entry("hurry_meter_reports_v1", SAME_ANSWER),
      Map.entry("meter_totals_v1", SAME_ANSWER),
      Map.entry("list_meter_reports_v1", SAME_ANSWER),
      Map.entry("find_meter_report_v1", SAME_ANSWER),
      Map.entry("resolve_meter_report_v1", KEPT_ANSWER),
      Map.entry("meter_backlog_v1", SAME_ANSWER),
      Map.entry("prune_meter_reports_v1", KEPT_ANSWER),
      Map.entry("set_gauge_v3", KEPT_ANSWER),
      Map.entry("past_usage_v1", SAME_ANSWER),
      Map.entry("held_units_v1", SAME_ANSWER),
      Map.entry("settle_unit_v1", KEPT_ANSWER),
      Map.entry("give_item_v3", KEPT_ANSWER),
      Map.entry("given_item_v1", SAME_ANSWER),
      Map.entry("list_usage_v1", SAME_ANSWER),
      Map.entry("prune_consumptions_v2", KEPT_ANSWER),
      Map.entry("list_products_v1", SAME_ANSWER),
      Map.entry("list_prices_v1", SAME_ANSWER),
      Map.entry("prices_of_products_v1", SAME_ANSWER),
      Map.entry("find_price_v1", SAME_ANSWER),
      Map.entry("prices_by_lookup_key_v1", SAME_ANSWER),
      Map.entry("store_mode_v1", SAME_ANSWER),
      Map.entry("movable_tables_v1", SAME_ANSWER),
      Map.entry("begin_recording_v1", SAME_ANSWER),
      Map.entry("end_recording_v1", SAME_ANSWER),
      Map.entry("begin_standby_v1", SAME_ANSWER),
      Map.entry("give_up_standby_v1", SAME_ANSWER),
      Map.entry("freeze_store_v1", SAME_ANSWER),
      Map.entry("thaw_store_v1", SAME_ANSWER),
      Map.entry("open_store_v1", SAME_ANSWER),
      Map.entry("move_page_v1", SAME_ANSWER),
      Map.entry("move_changes_v1", SAME_ANSWER),
      Map.entry("move_digest_v1", SAME_ANSWER),
      Map.entry("move_hashes_v1", SAME_ANSWER),
      Map.entry("move_rows_v2", SAME_ANSWER),
      Map.entry("move_touched_v1", SAME_ANSWER),
      Map.entry("move_obstacles_v1", SAME_ANSWER),
      Map.entry("move_progress_v1", SAME_ANSWER),
      Map.entry("move_apply_v1", SAME_ANSWER),
      Map.entry("lock_store_v1", SAME_ANSWER),
      Map.entry("shape_of_v1", SAME_ANSWER),
      Map.entry("within_v1", SAME_ANSWER),
      Map.entry("ping_v1", SAME_ANSWER),
      Map.entry("missing_v1", SAME_ANSWER),
      Map.entry(ONCE, SAME_ANSWER));

  /** Of a function that nobody thought about, the answer is kept. */
  static Repetition of(String function) {
    return OF.getOrDefault(function, KEPT_ANSWER);
  }

  /** All functions that the store calls, and those that they call. */
  static Set<String> functions() {
    return new TreeMap<>(OF).keySet();
  }
}
