package com.tatame.billing.projection;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.Optional;

/** One row to be written. */
public sealed interface Change {
  /** Replaces the mirrored row whole. */
  record Put(ProviderObject state, Instant asOf, Observation.Source source) implements Change {}

  /** The object is gone at the provider; what was known of it stays, marked as gone. */
  record Tombstone(ObjectRef object, Instant asOf, Observation.Source source) implements Change {}

  /**
   * Appends a fact; one that is stored already stays as it is.
   *
   * @param cause by which it became known first
   */
  record Append(Fact fact, Cause cause) implements Change {
    /** One that an event brought, or else a read. */
    public Append(Fact fact, Optional<String> eventId) {
      this(fact, eventId.map(Cause::ofEvent).orElse(Cause.READ));
    }
  }

  /** Makes the subject the account's customer. A second link of either side violates a constraint. */
  record Link(AccountId account, String customerId, Instant createdAt) implements Change {}

  /**
   * Replaces what the account's subscriptions give it; what was known before stays in its history.
   *
   * @param decides whether it may decide otherwise than what it replaces, and not only say more
   */
  record Entitle(RecordedEntitlement recorded, boolean decides) implements Change {
    /** One that may decide otherwise. */
    public Entitle(RecordedEntitlement recorded) {
      this(recorded, true);
    }

    public AccountEntitlement entitlement() {
      return recorded.entitlement();
    }
  }

  /** A subscription of the customer is another than before, which its account's stream must show. */
  record PublishState(SubjectId customer) implements Change {}

  /** The object's true state must be read; keeps the earliest time. */
  record RequireRead(ObjectRef object, ReadPriority priority, Instant since) implements Change {}

  /** The object was read. */
  record SettleRead(ObjectRef object) implements Change {}
}
