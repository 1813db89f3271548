package com.tatame.billing.schema;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What each table holds of persons, how long its rows live, what the erasure of an account does with
 * them, and whether a move takes them along. A table that a migration adds is entered here.
 *
 * <p>Ids of accounts, customers and other objects are pseudonyms and not counted as personal: erasure
 * deletes what leads from them to a person.
 */
public final class Tables {
  /** How long a row lives. */
  public enum Lifetime {
    /** As long as the store. */
    KEPT,
    /** Until newer state takes its place, or what it stands for is done. */
    UNTIL_SETTLED,
    /** Until a function prunes it. */
    PRUNED,
    /** As long as the store, while a function prunes its payload. */
    PAYLOAD_PRUNED
  }

  /** What the erasure of an account does with its rows. */
  public enum Erasure {
    /** Nothing, since no column is personal. */
    NONE,
    /** Personal columns are emptied; the row stays for the books. */
    CLEARED,
    /** Its rows are deleted. */
    DELETED,
    /** Nothing, since the row is pruned within the hour. */
    EXPIRES
  }

  /** What a move to another store does with the rows. */
  public enum Transfer {
    COPIED,
    /** They are about this store alone. */
    LEFT
  }

  /**
   * One table.
   *
   * @param personal columns that hold what identifies or describes a person
   * @param impersonal columns of free content that were looked at and hold nothing of the kind
   * @param prunedBy the function that prunes it
   */
  public record Table(
      String name,
      Set<String> personal,
      Set<String> impersonal,
      Lifetime lifetime,
      Optional<String> prunedBy,
      Erasure erasure,
      Transfer transfer) {}

  private static final List<Table> ALL = List.of(
      table("account_entitlements")
          .impersonal("sources", "withheld", "evidence")
          .build(),
      table("ai_conversations")
          .personal(Erasure.DELETED, "title")
          .impersonal("message_count")
          .pruned("prune_conversations_v1")
          .build(),
      table("ai_messages")
          .personal(Erasure.DELETED, "content", "metadata")
          .pruned("delete_messages_v1")
          .build(),
      table("anonymous_sessions").build(),
      table("answers").personal(Erasure.EXPIRES, "answer").pruned("once_v1").build(),
      table("api_keys").impersonal("name").build(),
      table("audit_log").impersonal("before", "after").build(),
      table("billing_events")
          .impersonal("terms", "details", "state")
          .payloadPruned("prune_event_states_v1")
          .build(),
      table("catalog_features").untilSettled().build(),
      table("catalog_tiers").impersonal("name").untilSettled().build(),
      table("catalog_versions").impersonal("content_hash", "document").build(),
      table("checkout_sessions").build(),
      table("claims").untilSettled().build(),
      table("commands").personal(Erasure.CLEARED, "params", "resolutions").build(),
      table("consumptions")
          .personal(Erasure.CLEARED, "metadata")
          .impersonal("granted")
          .pruned("prune_consumptions_v1")
          .build(),
      table("customer_proofs").build(),
      table("customers").personal(Erasure.CLEARED, "email", "name").build(),
      table("delivery_attempts")
          .impersonal("error")
          .pruned("prune_delivery_attempts_v1")
          .build(),
      table("drift").personal(Erasure.CLEARED, "before", "after").build(),
      table("duplicate_subscriptions").build(),
      table("entitlement_history").impersonal("sources", "withheld", "evidence").build(),
      table("event_endpoints").impersonal("name", "description").build(),
      table("event_epochs").build(),
      table("event_streams").impersonal("decided").build(),
      table("free_purchases").impersonal("sale").build(),
      table("gauge_changes").pruned("prune_consumptions_v1").build(),
      table("grants").personal(Erasure.CLEARED, "reason", "revoked_reason").build(),
      table("idempotency_keys")
          .personal(Erasure.DELETED, "body")
          .pruned("prune_keys_v1")
          .build(),
      table("longitudinal_checkins")
          .personal(Erasure.DELETED, "answers", "score", "note")
          .pruned("prune_check_ins_v1")
          .build(),
      table("mail_preferences").build(),
      table("mail_suppressions")
          .personal(Erasure.DELETED, "address", "detail")
          .impersonal("reason")
          .build(),
      table("mails")
          .personal(Erasure.CLEARED, "address", "reason")
          .impersonal("content", "detail", "delivery_detail", "message_id")
          .payloadPruned("prune_mails_v1")
          .build(),
      table("meter_reports").pruned("prune_meter_reports_v1").build(),
      table("move_log").pruned("end_recording_v1").left().build(),
      table("move_progress")
          .impersonal("value")
          .pruned("begin_standby_v1")
          .left()
          .build(),
      table("pending_reads").untilSettled().build(),
      table("prices").impersonal("metadata").build(),
      table("products").impersonal("name", "metadata").build(),
      table("provider_objects").personal(Erasure.CLEARED, "state").build(),
      table("recurring_tasks").impersonal("name").build(),
      table("store_state").left().build(),
      table("stripe_customer_mapping")
          .personal(Erasure.CLEARED, "email", "name")
          .build(),
      table("stripe_invoices").impersonal("billing_reason").build(),
      table("subjects").build(),
      table("subscriber_positions").impersonal("error").build(),
      table("subscribers").impersonal("name").build(),
      table("subscription_quotes").impersonal("state").pruned("prune_quotes_v1").build(),
      table("subscriptions")
          .impersonal("items", "collection_paused", "cancel_reason", "discount")
          .build(),
      table("trial_ledger").build(),
      table("trials").build(),
      table("usage_breaches").build(),
      table("usage_tracking").build(),
      table("users").personal(Erasure.DELETED, "email", "name").build(),
      table("webhook_attempts").impersonal("message").pruned("prune_events_v1").build(),
      table("webhook_events")
          .personal(Erasure.CLEARED, "raw_data")
          .payloadPruned("prune_events_v1")
          .build(),
      table("webhook_log").build(),
      table("webhook_queue").untilSettled().build());

  private Tables() {}

  /** Every table of the schema, by name; the history of migrations is Flyway's. */
  public static List<Table> all() {
    return ALL;
  }

  private static Entry table(String name) {
    return new Entry(name);
  }

  private static final class Entry {
    private final String name;
    private Set<String> personal = Set.of();
    private Set<String> impersonal = Set.of();
    private Lifetime lifetime = Lifetime.KEPT;
    private Optional<String> prunedBy = Optional.empty();
    private Erasure erasure = Erasure.NONE;
    private Transfer transfer = Transfer.COPIED;

    Entry(String name) {
      this.name = name;
    }

    Entry personal(Erasure what, String... columns) {
      erasure = what;
      personal = Set.of(columns);
      return this;
    }

    Entry impersonal(String... columns) {
      impersonal = Set.of(columns);
      return this;
    }

    Entry pruned(String function) {
      lifetime = Lifetime.PRUNED;
      prunedBy = Optional.of(function);
      return this;
    }

    Entry payloadPruned(String function) {
      lifetime = Lifetime.PAYLOAD_PRUNED;
      prunedBy = Optional.of(function);
      return this;
    }

    Entry untilSettled() {
      lifetime = Lifetime.UNTIL_SETTLED;
      return this;
    }

    Entry left() {
      transfer = Transfer.LEFT;
      return this;
    }

    Table build() {
      return new Table(name, personal, impersonal, lifetime, prunedBy, erasure, transfer);
    }
  }
}
