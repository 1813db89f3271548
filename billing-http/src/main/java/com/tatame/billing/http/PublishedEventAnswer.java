package com.tatame.billing.http;

import com.tatame.billing.http.BillingEventHandlers.TermsAnswer;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.TermsChange;
import com.tatame.billing.outbox.AccountState;
import com.tatame.billing.outbox.PublishedEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One entry of an account's stream, as it is pulled and as it is sent. */
record PublishedEventAnswer(
    @Doc(value = "Unique: an entry that comes again has the same.", example = "in_123:paid")
    String id,

    @Doc(value = "What happened.", example = "invoice.paid") String type,

    @Doc(value = "Of this format.", example = "1") int version,

    @Doc("When it happened, by the provider's clock.") Instant timestamp,
    @Doc("When it became known here.") Instant knownAt,
    @Doc(value = "Whose it is.", example = "user_alice") String accountId,

    @Doc("1 for the account's first entry, and one more for each, in the order of their commits.")
    long sequence,

    @Doc("Whether the account had an entry of a later time already.")
    boolean late,

    @Doc(
        value = "How it became known.",
        oneOf = {"event", "read", "import", "reconciliation", "decision"})
    String cause,

    @Doc("The provider's event that brought it first.") @Nullable
    String providerEventId,

    @Doc("The command of this server that caused it.") @Nullable
    String commandId,

    @Doc("What happened, in detail.") EventData data,

    @Doc("The account right after it; null once that is pruned.") @Nullable
    StateAnswer state) {
  static final int VERSION = 1;

  static PublishedEventAnswer of(PublishedEvent event) {
    Fact fact = event.event().fact();
    return new PublishedEventAnswer(
        event.id(),
        event.type(),
        VERSION,
        fact.occurredAt(),
        event.event().knownAt(),
        event.account().value(),
        event.sequence(),
        event.late(),
        event.event().cause().source().code(),
        event.event().providerEventId().orElse(null),
        event.event().cause().commandId().orElse(null),
        EventData.of(fact),
        event.state().map(StateAnswer::of).orElse(null));
  }

  record EventData(
      @Nullable String subscriptionId,
      @Nullable MoneyAnswer amount,
      @Doc(value = "What became of it.", example = "paid") String status,

      @Doc("What a subscription was sold at before a change; null where it begins.") @Nullable
      TermsAnswer from,

      @Doc("What a subscription is sold at after a change.") @Nullable
      TermsAnswer to,

      @Doc("What else is known: ids, codes and amounts in minor units.")
      Map<String, String> details) {
    static EventData of(Fact fact) {
      return new EventData(
          fact.subscriptionId().orElse(null),
          fact.amount().map(MoneyAnswer::of).orElse(null),
          fact.status(),
          fact.terms().flatMap(TermsChange::from).map(TermsAnswer::of).orElse(null),
          fact.terms().map(TermsChange::to).map(TermsAnswer::of).orElse(null),
          new TreeMap<>(fact.details()));
    }
  }

  record StateAnswer(
      @Doc(
          value = "As the account's last entitlement.changed said; null before the first.",
          example = "pro")
      @Nullable
      String tier,

      @Doc("Those that have not ended.") List<StateSubscription> subscriptions,

      @Doc("Those that were not taken back and had not expired.")
      List<StateGrant> grants) {
    static StateAnswer of(AccountState state) {
      return new StateAnswer(
          state.tier().orElse(null),
          state.subscriptions().stream().map(StateSubscription::of).toList(),
          state.grants().stream().map(StateGrant::of).toList());
    }
  }

  record StateSubscription(
      String id,

      @Doc(example = "active", value = "As the provider says.")
      String status,

      @Doc("Null if the catalog doesn't sell what it is for.") @Nullable
      String tier,

      @Doc("monthly or yearly; null as the tier is.") @Nullable
      String interval,

      long quantity,
      Instant currentPeriodEnd,
      @Nullable Instant trialEnd,

      @Doc("When it ends, if that is set already.") @Nullable
      Instant endsAt) {
    static StateSubscription of(AccountState.SubscriptionState subscription) {
      return new StateSubscription(
          subscription.id(),
          subscription.status(),
          subscription.tier().orElse(null),
          subscription.interval().orElse(null),
          subscription.quantity(),
          subscription.currentPeriodEnd(),
          subscription.trialEnd().orElse(null),
          subscription.endsAt().orElse(null));
    }
  }

  record StateGrant(
      String id,
      @Nullable String tier,
      @Nullable String feature,

      @Doc("How many were given, used or not.") @Nullable Long units,

      Instant startsAt,
      @Doc("Null for never.") @Nullable Instant expiresAt) {
    static StateGrant of(AccountState.GrantState grant) {
      return new StateGrant(
          grant.id(),
          grant.tier().orElse(null),
          grant.feature().orElse(null),
          grant.units().orElse(null),
          grant.startsAt(),
          grant.expiresAt().orElse(null));
    }
  }
}
