package com.tatame.billing.http;

import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.AccountEntitlement.Particulars;
import com.tatame.billing.entitlement.EntitlementCandidate;
import com.tatame.billing.entitlement.EntitlementCandidate.OfSubscription;
import com.tatame.billing.entitlement.Evidence;
import com.tatame.billing.entitlement.Explanation;
import com.tatame.billing.entitlement.Explanation.Counting;
import com.tatame.billing.entitlement.Explanation.Hindsight;
import com.tatame.billing.observation.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a decision was derived, on the wire. */
record ExplanationAnswer(
    @Doc("The instant that it is about.") Instant at,

    @Doc("All of it in plain English.") String summary,

    @Doc(value = "The plan in force.", example = "pro") String tier,

    @Doc("Everything that could have decided, in the order in which it is considered.")
    List<GroundAnswer> grounds,

    @Doc("Where units are counted; null where nothing is.") @Nullable
    CountingAnswer counting,

    @Doc("What became known of that moment afterwards; null if nothing did.") @Nullable
    HindsightAnswer hindsight) {

  record HindsightAnswer(
      @Doc("Since when.") Instant knownSince,

      @Doc("Whether it would have been allowed, had it been known.")
      boolean allowed,

      @Doc("The plan that held.") String tier,

      @Doc("Everything that could have decided.") List<GroundAnswer> grounds) {
    static HindsightAnswer of(Hindsight hindsight) {
      return new HindsightAnswer(
          hindsight.knownSince(),
          hindsight.decision().allowed(),
          hindsight.plan().tier(),
          hindsight.grounds().stream().map(GroundAnswer::of).toList());
    }
  }

  record GroundAnswer(
      @Doc(
          value = "What it is.",
          oneOf = {"subscription", "grant", "default_plan"})
      String kind,

      @Doc("The subscription's or the grant's; null for the default plan.") @Nullable
      String id,

      @Doc("The plan that it stands for; null if the catalog doesn't sell it.") @Nullable
      String tier,

      @Doc(
          value = "What became of it; one of all decides.",
          oneOf = {
            "decides",
            "not_begun",
            "outranked",
            "grace_over",
            "gives_nothing",
            "unknown_plan"
          })
      String verdict,

      @Doc("Why, as a sentence.") String why,

      @Doc("Of the subscription; null for what is none.") @Nullable
      String status,

      @Doc("What it pays for, of one that may decide.") @Nullable
      String priceId,

      @Doc("How long a past due one still entitles.") @Nullable
      Instant graceUntil,

      @Doc("When its trial ends, or ended.") @Nullable Instant trialEnd,

      @Doc("When it ends, if that is set, or ended.") @Nullable
      Instant endsAt,

      @Doc("The event or read that made it what it is; null if that was not kept.") @Nullable
      EvidenceAnswer evidence) {
    static GroundAnswer of(EntitlementCandidate ground) {
      if (ground instanceof OfSubscription subscription) {
        return of(subscription);
      }
      if (ground instanceof EntitlementCandidate.OfGrant grant) {
        return new GroundAnswer(
            "grant",
            grant.grantId(),
            grant.tier(),
            grant.verdict().code(),
            grant.why(),
            null,
            null,
            null,
            null,
            grant.expiresAt().orElse(null),
            null);
      }
      EntitlementCandidate.OfDefaultPlan plan = (EntitlementCandidate.OfDefaultPlan) ground;
      return new GroundAnswer(
          "default_plan",
          null,
          plan.tier(),
          plan.verdict().code(),
          plan.why(),
          null,
          null,
          null,
          null,
          null,
          null);
    }

    private static GroundAnswer of(OfSubscription subscription) {
      Optional<Particulars> more = subscription.particulars();
      return new GroundAnswer(
          "subscription",
          subscription.subscriptionId(),
          subscription.tier().orElse(null),
          subscription.verdict().code(),
          subscription.why(),
          subscription.status().code(),
          more.map(Particulars::priceId).orElse(null),
          subscription.graceUntil().orElse(null),
          more.flatMap(Particulars::trialEnd).orElse(null),
          subscription.endedAt().or(() -> more.flatMap(Particulars::endsAt)).orElse(null),
          subscription.evidence().map(EvidenceAnswer::of).orElse(null));
    }
  }

  record EvidenceAnswer(
      @Doc("The provider's event; null for an answer of the provider.") @Nullable
      String eventId,

      @Doc(
          value =
              "Whether an event brought it, or the provider's answer to a question or command of ours.",
          oneOf = {"event", "answer"})
      String from,

      @Doc("When it was so, by the provider's clock.") Instant asOf,

      @Doc("Since when it is known here.") Instant recordedAt) {
    static EvidenceAnswer of(Evidence evidence) {
      return new EvidenceAnswer(
          evidence.eventId().orElse(null),
          evidence.from() == Observation.Source.READ ? "answer" : "event",
          evidence.asOf(),
          evidence.recordedAt());
    }
  }

  record CountingAnswer(
      @Doc(
          value = "By which units are counted anew; null for a level.",
          oneOf = {"day", "calendar_month", "subscription_month", "billing_period", "lifetime"})
      @Nullable
      String window,

      @Doc(
          value = "Whose days and months are meant; null where the subscription decides.",
          example = "UTC")
      @Nullable
      String zone,

      @Doc("When the window began; null if it never did.") @Nullable
      Instant startedAt,

      @Doc("When it ends; null if it never does.") @Nullable Instant endsAt,

      @Doc("Of what is included.") long included,

      @Doc("Beyond it, at a discount.") long overage,

      @Doc("Beyond that, at full price.") long fullPrice,

      @Doc("Drawn from grants.") long granted) {
    static CountingAnswer of(Counting counting) {
      Optional<Window> window = counting.window();
      boolean endless = counting.period().endless();
      return new CountingAnswer(
          window.map(by -> by.kind().code()).orElse(null),
          window.flatMap(Window::zoneName).orElse(null),
          endless ? null : counting.period().start(),
          endless ? null : counting.period().end(),
          counting.used().included(),
          counting.used().overage(),
          counting.used().fullPrice(),
          counting.used().granted());
    }
  }

  static ExplanationAnswer of(Explanation explanation) {
    return new ExplanationAnswer(
        explanation.at(),
        explanation.summary(),
        explanation.plan().tier(),
        explanation.grounds().stream().map(GroundAnswer::of).toList(),
        explanation.counting().map(CountingAnswer::of).orElse(null),
        explanation.hindsight().map(HindsightAnswer::of).orElse(null));
  }
}
