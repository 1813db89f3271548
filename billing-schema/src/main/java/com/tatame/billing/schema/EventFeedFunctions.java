package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.CursorReset;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.outbox.AccountState;
import com.tatame.billing.outbox.DueEntitlement;
import com.tatame.billing.outbox.EntitlementDecision;
import com.tatame.billing.outbox.EventCursor;
import com.tatame.billing.outbox.EventFeedStore;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.FeedPage;
import com.tatame.billing.outbox.PublishedEntitlement;
import com.tatame.billing.outbox.PublishedEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Accounts' streams and their feed, behind their functions. */
final class EventFeedFunctions implements EventFeedStore {
  private final Functions functions;

  EventFeedFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public FeedPage page(Optional<EventCursor> after, FeedFilter filter, int limit) {
    Row asked = Row.empty()
        .with("epoch", after.map(EventCursor::epochId))
        .with("after", after.map(EventFeedFunctions::row))
        .with("account_id", filter.account())
        .with("limit", limit);
    if (!filter.types().isEmpty()) {
      asked.with("types", new TreeSet<>(filter.types()));
    }
    Row answer = new Row(functions.call("event_feed_v1", asked));
    if (answer.has("reset")) {
      throw new CursorReset();
    }
    Optional<EventCursor> last =
        answer.optionalRow("after").map(row -> cursor(answer.text("epoch"), row));
    return new FeedPage(answer.rows("events").map(EventFeedFunctions::event), last.or(() -> after));
  }

  private static Row row(EventCursor cursor) {
    return Row.empty()
        .with("epoch", cursor.epoch())
        .with("tx", Long.toString(cursor.transaction()))
        .with("account", cursor.account())
        .with("seq", cursor.sequence());
  }

  private static EventCursor cursor(String epochId, Row row) {
    return new EventCursor(
        epochId,
        row.integer("epoch"),
        Long.parseLong(row.text("tx")),
        row.text("account"),
        row.number("seq"));
  }

  static PublishedEvent event(Row row) {
    return new PublishedEvent(
        LedgerRows.event(row),
        new AccountId(row.text("account_id")),
        row.number("seq"),
        row.flag("late"),
        row.optionalRow("state").map(state -> RecordRows.read(AccountState.class, state)));
  }

  @Override
  public boolean checkEpoch() {
    return functions.call("check_event_epoch_v1", Row.empty()).booleanValue();
  }

  @Override
  public int prune(Instant before, int limit) {
    return functions
        .call("prune_event_states_v1", Row.empty().with("before", before).with("limit", limit))
        .intValue();
  }

  @Override
  public long lastSequence(AccountId account) {
    return functions
        .call("stream_length_v1", Row.empty().with("account_id", account))
        .longValue();
  }

  @Override
  public List<DueEntitlement> dueEntitlements(Instant now, int limit) {
    return functions
        .rows("due_entitlements_v1", Row.empty().with("now", now).with("limit", limit))
        .map(row -> new DueEntitlement(
            new AccountId(row.text("account_id")),
            row.number("marks"),
            row.optionalRow("decided")
                .map(decided -> RecordRows.read(PublishedEntitlement.class, decided))));
  }

  @Override
  public boolean publish(EntitlementDecision decision) {
    Row asked = Row.empty()
        .with("account_id", decision.due().account())
        .with("marks", decision.due().marks())
        .with("catalog", decision.catalogVersion())
        .with("decided", RecordRows.row(decision.decided()))
        .with("examine_at", decision.nextAt())
        .with("now", decision.now())
        .with(
            decision.change().isPresent() ? "facts" : "update",
            List.of(row(decision.due().account(), decision.change().orElse(decision.update()))));
    return functions.call("publish_entitlement_v1", asked).booleanValue();
  }

  private static Row row(AccountId account, Fact fact) {
    return UnitRows.fact(fact, Cause.DECISION).with("u", 0).with("account_id", account);
  }
}
