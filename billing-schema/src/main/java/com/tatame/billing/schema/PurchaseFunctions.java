package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What accounts bought, behind its functions: payments come with their refunds and are listed as
 * purchases here, by the one rule there is.
 */
final class PurchaseFunctions implements PurchaseStore {
  private static final String ACCOUNT = "account_id";

  private final Functions functions;
  private final AuditFunctions audited;

  PurchaseFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  private static Row of(AccountId account) {
    return Row.empty().with(ACCOUNT, account);
  }

  @Override
  public List<Purchase> list(
      AccountId account, Optional<String> item, Optional<String> after, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "list_purchases_v1",
            of(account).with("item", item).with("after", after).with("limit", limit))
        .map(PurchaseFunctions::purchase);
  }

  @Override
  public Optional<Purchase> owned(AccountId account, String item) {
    return functions
        .row("owned_purchase_v1", of(account).with("item", item))
        .map(PurchaseFunctions::purchase);
  }

  @Override
  public List<Duplicate> duplicates(Set<String> repeatable, Optional<String> after, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "duplicate_purchases_v1",
            Row.empty()
                .with("repeatable", repeatable.stream().sorted().toList())
                .with("after", after)
                .with("limit", limit))
        .map(row ->
            new Duplicate(purchase(row), new AccountId(row.text("owner")), row.text("kept")));
  }

  @Override
  public Optional<Purchase> find(AccountId account, String purchaseId) {
    return functions
        .row("find_purchase_v1", of(account).with("id", purchaseId))
        .map(PurchaseFunctions::purchase);
  }

  @Override
  public Purchase addFree(Purchase free, AuditEntry audit) {
    return audited
        .row(audit, watch(free), "add_free_purchase_v1", row(free))
        .map(PurchaseFunctions::free)
        .orElseThrow(() -> new IllegalStateException("no purchase was written, and none found"));
  }

  @Override
  public Giving give(Purchase free, UsageDebit debit, AuditEntry audit) {
    return give("give_item_v1", free, debit, audit);
  }

  @Override
  public Giving giveOnce(Purchase free, UsageDebit debit, AuditEntry audit) {
    return give("give_item_once_v1", free, debit, audit);
  }

  private static Watch watch(Purchase free) {
    return new Watch("find_purchase_v1", of(free.account()).with("id", free.id()), "id");
  }

  private Giving give(String function, Purchase free, UsageDebit debit, AuditEntry audit) {
    Row answer = audited
        .row(
            audit,
            watch(free),
            function,
            Row.empty().with("purchase", row(free)).with("debit", UsageFunctions.row(debit)))
        .orElseThrow();
    return new Giving(
        UsageFunctions.result(answer, debit),
        answer.optionalRow("purchase").map(PurchaseFunctions::free),
        answer.optionalRow("owned").map(PurchaseFunctions::purchase));
  }

  @Override
  public Optional<Purchase> given(AccountId account, String key) {
    return functions
        .row("given_item_v1", of(account).with("key", key))
        .map(PurchaseFunctions::free);
  }

  private static Row row(Purchase free) {
    return of(free.account())
        .with("id", free.id())
        .with("item", free.sale().item())
        .with("sale", free.sale())
        .with("created_at", free.createdAt());
  }

  private static Purchase purchase(Row row) {
    return row.optionalRow("payment").map(payment -> paid(row, payment)).orElseGet(() -> free(row));
  }

  private static Purchase paid(Row row, Row payment) {
    List<Refund> refunds = row.rows("refunds").map(each -> RecordRows.read(Refund.class, each));
    return Purchase.of(RecordRows.read(PaymentIntent.class, payment), refunds)
        .orElseThrow(() -> new IllegalStateException("a payment that was listed pays no item"));
  }

  private static Purchase free(Row row) {
    return Purchase.free(
        row.text("id"),
        new AccountId(row.text(ACCOUNT)),
        RecordRows.read(ItemSale.class, row.optionalRow("sale").orElseThrow()),
        row.instant("created_at"));
  }
}
