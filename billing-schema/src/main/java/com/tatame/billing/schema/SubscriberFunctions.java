package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.outbox.ParkedAccount;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who receives entries, behind their functions. */
final class SubscriberFunctions implements SubscriberStore {
  private static final String SUBSCRIBER = "subscriber";

  private final Functions functions;
  private final AuditFunctions audited;

  SubscriberFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public void add(String name, Kind kind, Instant now) {
    functions.call(
        "add_subscriber_v1", Row.empty().with("name", name).with("kind", kind).with("now", now));
  }

  @Override
  public void remove(String name, AuditEntry audit) {
    Row asked = Row.empty().with("name", name);
    audited.call(
        audit, new Watch("find_subscriber_v1", asked, "name"), "remove_subscriber_v1", asked);
  }

  @Override
  public List<SubscriberStatus> list() {
    return functions
        .rows("list_subscribers_v1", Row.empty())
        .map(row -> new SubscriberStatus(
            row.text("name"),
            row.constant("kind", Kind.class),
            row.instant("created_at"),
            row.integer("failures"),
            row.optionalInstant("failing_since"),
            row.number("waiting"),
            row.number("retrying"),
            row.number("blocked"),
            row.optionalInstant("since")));
  }

  @Override
  public List<Due> claim(
      String claim,
      Map<String, Integer> most,
      int entries,
      int probing,
      Instant now,
      Duration lease) {
    List<Row> subscribers = new ArrayList<>();
    most.forEach((name, max) -> subscribers.add(Row.empty().with("name", name).with("max", max)));
    Row asked = Row.empty()
        .with("claim", claim)
        .with("subscribers", subscribers)
        .with("entries", entries)
        .with("probing", probing)
        .with("now", now)
        .with("lease_until", now.plus(lease));
    return functions
        .rows("claim_deliveries_v1", asked)
        .map(row -> new Due(
            row.text(SUBSCRIBER),
            new AccountId(row.text("account_id")),
            row.number("seq"),
            row.integer("attempts"),
            row.flag("probing"),
            row.optionalInstant("failing_since"),
            row.rows("entries").map(EventFeedFunctions::event)));
  }

  @Override
  public int end(String claim, List<Ended> ended, List<Attempt> attempts, Instant now) {
    Row asked = Row.empty()
        .with("claim", claim)
        .with("now", now)
        .with("deliveries", ended.stream().map(SubscriberFunctions::row).toList());
    if (!attempts.isEmpty()) {
      asked.with("attempts", attempts.stream().map(SubscriberFunctions::row).toList());
    }
    return functions.call("end_deliveries_v1", asked).size();
  }

  private static Row row(Ended ended) {
    return Row.empty()
        .with(SUBSCRIBER, ended.subscriber())
        .with("account_id", ended.account())
        .with("seq", ended.position())
        .with("arrived", ended.received())
        .with(
            "failure",
            ended
                .failure()
                .map(failure -> Row.empty()
                    .with("error", failure.error())
                    .with("counted", failure.counted())
                    .with("next_at", failure.nextAt())
                    .with("blocked", failure.blocked())
                    .with("probe_at", failure.probeAt())));
  }

  private static Row row(Attempt attempt) {
    return Row.empty()
        .with(SUBSCRIBER, attempt.subscriber())
        .with("account_id", attempt.account())
        .with("seq", attempt.sequence())
        .with("event_id", attempt.eventId())
        .with("at", attempt.at())
        .with("millis", attempt.took().toMillis())
        .with("status", attempt.status())
        .with("error", attempt.error());
  }

  @Override
  public List<ParkedAccount> parked(String subscriber, Optional<AccountId> after, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "list_parked_v1",
            Row.empty().with(SUBSCRIBER, subscriber).with("after", after).with("limit", limit))
        .map(SubscriberFunctions::parked);
  }

  @Override
  public Optional<ParkedAccount> parked(String subscriber, AccountId account) {
    Row asked = position(subscriber, account).with("limit", 1);
    return functions.rows("list_parked_v1", asked).map(SubscriberFunctions::parked).stream()
        .findFirst();
  }

  private static ParkedAccount parked(Row row) {
    return new ParkedAccount(
        new AccountId(row.text("account_id")),
        row.number("seq"),
        row.text("event_id"),
        row.integer("attempts"),
        row.optionalText("error"),
        row.flag("blocked"),
        row.instant("due_at"));
  }

  private static Row position(String subscriber, AccountId account) {
    return Row.empty().with(SUBSCRIBER, subscriber).with("account_id", account);
  }

  @Override
  public boolean retry(
      String subscriber, AccountId account, long sequence, Instant now, AuditEntry audit) {
    return release(subscriber, account, sequence, false, now, audit);
  }

  @Override
  public boolean skip(
      String subscriber, AccountId account, long sequence, Instant now, AuditEntry audit) {
    return release(subscriber, account, sequence, true, now, audit);
  }

  private boolean release(
      String subscriber,
      AccountId account,
      long sequence,
      boolean skip,
      Instant now,
      AuditEntry audit) {
    Row asked =
        position(subscriber, account).with("seq", sequence).with("skip", skip).with("now", now);
    return audited
        .call(
            audit,
            new Watch("find_position_v1", position(subscriber, account), "seq", "released"),
            "release_parked_v1",
            asked)
        .booleanValue();
  }

  @Override
  public int replay(
      String subscriber, String request, Instant since, Instant now, AuditEntry audit) {
    Row asked = Row.empty()
        .with(SUBSCRIBER, subscriber)
        .with("request", request)
        .with("since", since)
        .with("now", now);
    return audited
        .call(
            audit,
            new Watch("find_subscriber_v1", Row.empty().with("name", subscriber), "last_replay"),
            "replay_subscriber_v1",
            asked)
        .intValue();
  }

  @Override
  public List<StoredAttempt> attempts(String subscriber, Optional<Long> before, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "list_delivery_attempts_v1",
            Row.empty().with(SUBSCRIBER, subscriber).with("before", before).with("limit", limit))
        .map(row -> new StoredAttempt(
            row.number("id"),
            new Attempt(
                row.text(SUBSCRIBER),
                new AccountId(row.text("account_id")),
                row.number("seq"),
                row.text("event_id"),
                row.instant("at"),
                Duration.ofMillis(row.number("millis")),
                row.optionalNumber("status").map(Long::intValue),
                row.optionalText("error"))));
  }

  @Override
  public void pruneAttempts(Instant before) {
    functions.call("prune_delivery_attempts_v1", Row.empty().with("before", before));
  }
}
