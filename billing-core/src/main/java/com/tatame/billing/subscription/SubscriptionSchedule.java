package com.tatame.billing.subscription;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is planned for a subscription: phases that follow each other.
 *
 * @param subscriptionId which it drives, or drove before it was released; empty before it starts
 * @param endBehavior what becomes of the subscription after the last phase, such as {@code release}
 */
public record SubscriptionSchedule(
    String id,
    String customerId,
    Optional<String> subscriptionId,
    Status status,
    String endBehavior,
    List<Phase> phases,
    Instant createdAt,
    Optional<Instant> completedAt,
    Optional<Instant> releasedAt,
    Optional<Instant> canceledAt)
    implements ProviderObject {

  /** How far it got. */
  public enum Status implements WireName {
    NOT_STARTED,
    ACTIVE,
    COMPLETED,
    /** It lets the subscription go on by itself. */
    RELEASED,
    CANCELED
  }

  /** What is sold from one instant to another. */
  public record Phase(Instant startsAt, Instant endsAt, List<Item> items) {
    public Phase {
      items = List.copyOf(items);
    }
  }

  /** One priced item; a metered one has no quantity. */
  public record Item(String priceId, Optional<Long> quantity) {}

  public SubscriptionSchedule {
    phases = List.copyOf(phases);
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.SUBSCRIPTION_SCHEDULE;
  }

  @Override
  public SubjectId subject() {
    return new SubjectId(customerId);
  }

  @Override
  public boolean terminal() {
    return switch (status) {
      case COMPLETED, RELEASED, CANCELED -> true;
      case NOT_STARTED, ACTIVE -> false;
    };
  }

  @Override
  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    // Which subscription it drives may turn out later; a fact reads the same whenever it is told.
    facts.add(fact("created", Optional.empty(), createdAt));
    completedAt.ifPresent(at -> facts.add(fact("completed", subscriptionId, at)));
    releasedAt.ifPresent(at -> facts.add(fact("released", subscriptionId, at)));
    canceledAt.ifPresent(at -> facts.add(fact("canceled", subscriptionId, at)));
    return facts;
  }

  private Fact fact(String what, Optional<String> subscription, Instant at) {
    return new Fact(
        id + ":" + what,
        "subscription_schedule." + what,
        subject(),
        subscription,
        Optional.empty(),
        what,
        at);
  }
}
