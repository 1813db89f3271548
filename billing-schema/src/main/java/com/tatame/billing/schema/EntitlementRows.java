package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.AccountEntitlement.Particulars;
import com.tatame.billing.entitlement.AccountEntitlement.Withheld;
import com.tatame.billing.entitlement.Evidence;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.util.HashMap;
import java.util.Map;

/** Entitlements as rows of {@code account_entitlements} and of {@code entitlement_history}. */
final class EntitlementRows {
  private EntitlementRows() {}

  static Row row(RecordedEntitlement recorded) {
    AccountEntitlement entitlement = recorded.entitlement();
    return Row.empty()
        .with("account_id", entitlement.account().value())
        .with(
            "sources",
            entitlement.sources().stream().map(EntitlementRows::source).toList())
        .with("withheld", entitlement.withheld())
        .with("evidence", recorded.evidence())
        .with("recorded_at", recorded.recordedAt())
        .with("effective_at", recorded.effectiveAt());
  }

  static RecordedEntitlement recorded(Row row) {
    Map<String, Evidence> evidence = new HashMap<>();
    row.optionalRow("evidence")
        .ifPresent(all -> all.json().properties().forEach(entry -> {
          evidence.put(entry.getKey(), RecordRows.read(Evidence.class, new Row(entry.getValue())));
        }));
    return new RecordedEntitlement(entitlement(row), row.instant("recorded_at"), evidence);
  }

  private static AccountEntitlement entitlement(Row row) {
    return new AccountEntitlement(
        new AccountId(row.text("account_id")),
        row.rows("sources").map(EntitlementRows::source),
        row.rows("withheld").map(withheld -> RecordRows.read(Withheld.class, withheld)));
  }

  private static Row source(AccountEntitlement.Source source) {
    return Row.empty()
        .with("subscription_id", source.subscriptionId())
        .with("tier", source.tier())
        .with("status", source.status())
        .with("grace_until", source.graceUntil())
        .with("cycle", source.cycle())
        .with("particulars", source.particulars());
  }

  private static AccountEntitlement.Source source(Row row) {
    return new AccountEntitlement.Source(
        row.text("subscription_id"),
        row.text("tier"),
        row.constant("status", SubscriptionStatus.class),
        row.optionalInstant("grace_until"),
        row.optionalRow("cycle").map(cycle -> RecordRows.read(Cycle.class, cycle)),
        row.optionalRow("particulars").map(each -> RecordRows.read(Particulars.class, each)));
  }
}
