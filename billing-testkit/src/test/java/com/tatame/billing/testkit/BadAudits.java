package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.audit.AuditRecord;
import com.tatame.billing.audit.AuditStore;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Stores that break one rule of the audit log each. */
final class BadAudits {
  private BadAudits() {}

  /** Enters revocations of grants by itself. */
  abstract static class Entering extends ForwardingStore {
    private final List<AuditRecord> entered = Collections.synchronizedList(new ArrayList<>());

    abstract Optional<Grant> revoke(
        AccountId account, String id, Revocation revocation, AuditEntry audit);

    void enter(AuditEntry audit) {
      if (audit.target().indexOf('\0') >= 0) {
        throw new IllegalStateException("can't be stored");
      }
      entered.add(new AuditRecord(1_000_000L + entered.size(), audit));
    }

    @Override
    public GrantStore grants() {
      return spoil(
          GrantStore.class,
          good.grants(),
          Map.of(
              "revoke",
              args ->
                  revoke((AccountId) args[0], (String) args[1], (Revocation) args[2], (AuditEntry)
                      args[3])));
    }

    @Override
    public AuditStore audit() {
      return (filter, before, limit) -> {
        List<AuditRecord> all = new ArrayList<>(good.audit().list(filter, before, limit));
        entered.stream()
            .filter(stored -> stored.entry().account().equals(filter.account()))
            .forEach(all::add);
        return all;
      };
    }
  }

  static class ForgetsTheEntry extends Entering {
    @Override
    Optional<Grant> revoke(AccountId account, String id, Revocation revocation, AuditEntry audit) {
      return good.grants().revoke(account, id, revocation, AnAuditEntry.any());
    }
  }

  static class EntersWhatWasRefused extends Entering {
    @Override
    Optional<Grant> revoke(AccountId account, String id, Revocation revocation, AuditEntry audit) {
      Optional<Grant> revoked = good.grants().revoke(account, id, revocation, audit);
      if (revoked.isEmpty()) {
        enter(audit);
      }
      return revoked;
    }
  }

  static class EntersRepetitions extends Entering {
    @Override
    Optional<Grant> revoke(AccountId account, String id, Revocation revocation, AuditEntry audit) {
      Optional<Grant> revoked = good.grants().revoke(account, id, revocation, AnAuditEntry.any());
      if (revoked.isPresent()) {
        enter(audit);
      }
      return revoked;
    }
  }

  /** A crash in between would leave a change without its entry. */
  static class EntersInASecondCommit extends Entering {
    @Override
    Optional<Grant> revoke(AccountId account, String id, Revocation revocation, AuditEntry audit) {
      boolean done = good.grants().find(id).flatMap(Grant::revoked).isPresent();
      Optional<Grant> revoked = good.grants().revoke(account, id, revocation, AnAuditEntry.any());
      if (revoked.isPresent() && !done) {
        enter(audit);
      }
      return revoked;
    }
  }

  static class ListsEverybodys extends ForwardingStore {
    @Override
    public AuditStore audit() {
      return (filter, before, limit) -> good.audit()
          .list(
              new AuditFilter(
                  Optional.empty(), filter.actor(), filter.action(), filter.from(), filter.until()),
              before,
              limit);
    }
  }

  static class ListsOldestFirst extends ForwardingStore {
    @Override
    public AuditStore audit() {
      return (filter, before, limit) -> {
        List<AuditRecord> all =
            new ArrayList<>(good.audit().list(filter, OptionalLong.empty(), limit));
        Collections.reverse(all);
        return all;
      };
    }
  }

  static class DropsTheRequest extends ForwardingStore {
    @Override
    public AuditStore audit() {
      return (filter, before, limit) -> good.audit().list(filter, before, limit).stream()
          .map(stored -> new AuditRecord(stored.seq(), withoutRequest(stored.entry())))
          .toList();
    }

    private static AuditEntry withoutRequest(AuditEntry entry) {
      return new AuditEntry(
          entry.at(),
          entry.actor(),
          entry.action(),
          entry.account(),
          entry.target(),
          entry.change(),
          Optional.empty());
    }
  }
}
