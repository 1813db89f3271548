package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A change that stores audit.
 *
 * @param ready prepares what is changed, so that the change can be made
 */
record AuditedChange(String name, Function<BillingStore, Ready> ready) {
  /**
   * A change that can be made, once.
   *
   * @param make makes it; a second time is a repetition
   * @param refuse asks for one that is refused
   * @param state what it changes
   */
  record Ready(Consumer<AuditEntry> make, Consumer<AuditEntry> refuse, Supplier<Object> state) {}

  static List<AuditedChange> all() {
    return List.of(
        new AuditedChange("a grant is given", AuditedChange::grant),
        new AuditedChange("a grant is revoked", AuditedChange::revocation));
  }

  private static Ready grant(BillingStore store) {
    Grant grant = someGrant();
    Grant other = GrantStoreContract.grant(grant.account(), grant.gift(), Optional.empty());
    return new Ready(
        audit -> store.grants().add(grant, "key", "", audit),
        audit -> store.grants().add(other, "key", "", audit),
        () -> store.grants().find(grant.id()));
  }

  private static Ready revocation(BillingStore store) {
    Grant grant = someGrant();
    store.grants().add(grant, "key", "", AnAuditEntry.any());
    AccountId stranger = Ids.account();
    Revocation revocation = new Revocation(Ids.morning(), "user_admin", Optional.empty());
    return new Ready(
        audit -> store.grants().revoke(grant.account(), grant.id(), revocation, audit),
        audit -> store.grants().revoke(stranger, grant.id(), revocation, audit),
        () -> store.grants().find(grant.id()));
  }

  private static Grant someGrant() {
    return GrantStoreContract.grant(
        Ids.account(), GrantStoreContract.FIVE_QUIZZES, Optional.empty());
  }
}
