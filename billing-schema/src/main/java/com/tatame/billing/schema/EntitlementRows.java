package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.subscription.SubscriptionStatus;

/** Entitlements as rows of {@code account_entitlements}. */
final class EntitlementRows {
  private EntitlementRows() {}

  static Row row(AccountEntitlement entitlement) {
    return Row.empty()
        .with("account_id", entitlement.account().value())
        .with(
            "sources",
            entitlement.sources().stream().map(EntitlementRows::source).toList());
  }

  static AccountEntitlement entitlement(Row row) {
    return new AccountEntitlement(
        new AccountId(row.text("account_id")), row.rows("sources").map(EntitlementRows::source));
  }

  private static Row source(AccountEntitlement.Source source) {
    return Row.empty()
        .with("subscription_id", source.subscriptionId())
        .with("tier", source.tier())
        .with("status", source.status())
        .with("grace_until", source.graceUntil())
        .with("cycle", source.cycle());
  }

  private static AccountEntitlement.Source source(Row row) {
    return new AccountEntitlement.Source(
        row.text("subscription_id"),
        row.text("tier"),
        row.constant("status", SubscriptionStatus.class),
        row.optionalInstant("grace_until"),
        row.optionalRow("cycle").map(cycle -> RecordRows.read(Cycle.class, cycle)));
  }
}
