package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.duplicate.Duplicate.Settlement;
import com.tatame.billing.duplicate.Duplicate.Status;
import com.tatame.billing.duplicate.DuplicateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Subscriptions that are one too many, behind their functions. */
final class DuplicateFunctions implements DuplicateStore {
  private static final String AT_LAST_BEHIND = "|";

  private final Functions functions;

  DuplicateFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public Several several(Optional<String> position, int limit) {
    Page.check(limit);
    int bar = position.map(text -> text.indexOf(AT_LAST_BEHIND)).orElse(-1);
    Row asked = Row.empty()
        .with("at", position.filter(text -> bar > 0).map(text -> text.substring(0, bar)))
        .with("account_id", position.filter(text -> bar > 0).map(text -> text.substring(bar + 1)))
        .with("limit", limit);
    Row answer = functions.row("several_subscriptions_v1", asked).orElseThrow();
    return new Several(
        answer.textList("accounts").stream().map(AccountId::new).toList(),
        answer.text("at") + AT_LAST_BEHIND + answer.text("account_id"));
  }

  @Override
  public Duplicate report(Duplicate found) {
    return functions
        .row("report_duplicate_v1", row(found))
        .map(DuplicateFunctions::duplicate)
        .orElseThrow();
  }

  @Override
  public boolean replace(Status from, Duplicate next) {
    return functions.call("replace_duplicate_v1", row(next).with("from", from)).booleanValue();
  }

  @Override
  public List<Duplicate> due(Instant now, int limit) {
    Page.check(limit);
    return functions
        .rows("due_duplicates_v1", Row.empty().with("now", now).with("limit", limit))
        .map(DuplicateFunctions::duplicate);
  }

  @Override
  public List<Duplicate> list(boolean open, Optional<String> before, int limit) {
    Page.check(limit);
    Row asked = Row.empty().with("open", open).with("before", before).with("limit", limit);
    return functions.rows("list_duplicates_v1", asked).map(DuplicateFunctions::duplicate);
  }

  @Override
  public Optional<Duplicate> find(String subscriptionId) {
    return functions
        .row("find_duplicate_v1", Row.empty().with("subscription_id", subscriptionId))
        .map(DuplicateFunctions::duplicate);
  }

  @Override
  public long open() {
    return functions.call("open_duplicates_v1", Row.empty()).longValue();
  }

  private static Row row(Duplicate duplicate) {
    return Row.empty()
        .with("subscription_id", duplicate.subscriptionId())
        .with("kept_id", duplicate.keptId())
        .with("account_id", duplicate.account())
        .with("customer_id", duplicate.customerId())
        .with("family", duplicate.family())
        .with("status", duplicate.status())
        .with("found_at", duplicate.foundAt())
        .with("look_at", duplicate.lookAt())
        .with("paid", duplicate.settlement().map(Settlement::paid))
        .with("refunded", duplicate.settlement().map(Settlement::refunded))
        .with("currency", duplicate.settlement().map(Settlement::currency))
        .with("handled_at", duplicate.handledAt())
        .with("handled_by", duplicate.handledBy());
  }

  private static Duplicate duplicate(Row row) {
    return new Duplicate(
        row.text("stripe_subscription_id"),
        row.text("kept_subscription_id"),
        new AccountId(row.text("user_id")),
        row.text("stripe_customer_id"),
        row.text("family"),
        row.constant("status", Status.class),
        row.instant("found_at"),
        row.optionalInstant("look_at"),
        row.optionalNumber("paid")
            .map(paid -> new Settlement(paid, row.number("refunded"), row.text("currency"))),
        row.optionalInstant("handled_at"),
        row.optionalText("handled_by"));
  }
}
