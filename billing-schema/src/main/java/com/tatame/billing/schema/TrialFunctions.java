package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.Trial.Status;
import com.tatame.billing.trial.TrialStore;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Trials and the ledger, behind their functions. */
final class TrialFunctions implements TrialStore {
  private static final char BAR = '|';

  private final Functions functions;

  TrialFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public Found started(Optional<String> position, int limit) {
    Page.check(limit);
    int bar = position.map(text -> text.indexOf(BAR)).orElse(-1);
    Row asked = Row.empty()
        .with("at", position.filter(text -> bar > 0).map(text -> text.substring(0, bar)))
        .with("key", position.filter(text -> bar > 0).map(text -> text.substring(bar + 1)))
        .with("limit", limit);
    Row answer = functions.row("started_trials_v1", asked).orElseThrow();
    return new Found(
        answer
            .rows("trials")
            .map(row -> new Started(
                row.text("subscription_id"), row.text("customer_id"), row.instant("started_at"))),
        answer.text("at") + BAR + answer.text("key"));
  }

  @Override
  public void watch(Trial trial) {
    functions.call("watch_trial_v1", row(trial));
  }

  @Override
  public boolean replace(Status from, Trial next) {
    return functions.call("replace_trial_v1", row(next).with("from", from)).booleanValue();
  }

  @Override
  public List<Trial> due(Instant now, int limit) {
    Page.check(limit);
    return functions
        .rows("due_trials_v1", Row.empty().with("now", now).with("limit", limit))
        .map(TrialFunctions::trial);
  }

  @Override
  public List<Trial> repeated(boolean open, Optional<String> before, int limit) {
    Page.check(limit);
    Row asked = Row.empty().with("open", open).with("before", before).with("limit", limit);
    return functions.rows("repeated_trials_v1", asked).map(TrialFunctions::trial);
  }

  @Override
  public Optional<Trial> find(String subscriptionId) {
    return functions
        .row("find_trial_v1", Row.empty().with("subscription_id", subscriptionId))
        .map(TrialFunctions::trial);
  }

  @Override
  public long open() {
    return functions.call("open_trials_v1", Row.empty()).longValue();
  }

  @Override
  public void record(
      String family, String subscriptionId, Instant startedAt, Collection<Mark> marks) {
    functions.call(
        "record_trial_v1",
        Row.empty()
            .with("family", family)
            .with("subscription_id", subscriptionId)
            .with("started_at", startedAt)
            .with("marks", marks));
  }

  @Override
  public List<Entry> seen(String family, Collection<Mark> marks) {
    return functions
        .rows("seen_trials_v1", Row.empty().with("family", family).with("marks", marks))
        .map(row -> new Entry(
            new Mark(row.text("evidence_kind"), row.text("evidence_hash")),
            row.text("stripe_subscription_id"),
            row.instant("first_seen_at")));
  }

  private static Row row(Trial trial) {
    return Row.empty()
        .with("subscription_id", trial.subscriptionId())
        .with("customer_id", trial.customerId())
        .with("family", trial.family())
        .with("status", trial.status())
        .with("repeats", trial.repeats())
        .with("started_at", trial.startedAt())
        .with("look_at", trial.lookAt())
        .with("found_at", trial.foundAt())
        .with("ended_at", trial.endedAt());
  }

  private static Trial trial(Row row) {
    return new Trial(
        row.text("stripe_subscription_id"),
        row.text("stripe_customer_id"),
        row.optionalText("user_id").map(AccountId::new),
        row.optionalText("family"),
        row.instant("started_at"),
        row.constant("status", Status.class),
        row.textList("repeats"),
        row.optionalInstant("look_at"),
        row.optionalInstant("found_at"),
        row.optionalInstant("ended_at"));
  }
}
