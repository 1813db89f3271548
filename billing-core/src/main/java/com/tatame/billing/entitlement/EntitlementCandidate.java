package com.tatame.billing.entitlement;

import com.tatame.billing.entitlement.AccountEntitlement.Particulars;
import com.tatame.billing.observation.WireName;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.Optional;

/** Something that could decide what an account may do. */
public sealed interface EntitlementCandidate {
  /** What became of it. */
  Verdict verdict();

  /** Why, as a sentence. */
  String why();

  /** What becomes of grounds. */
  enum Verdict implements WireName {
    DECIDES,
    /** It is given for a time that lies ahead. */
    NOT_BEGUN,
    /** It would, if another one didn't stand before it. */
    OUTRANKED,
    /** Its payment failed, and the time to make up for it is over. */
    GRACE_OVER,
    /** In its status a subscription gives nothing. */
    GIVES_NOTHING,
    /** The catalog doesn't sell what it is for. */
    UNKNOWN_PLAN
  }

  /**
   * A subscription of the account.
   *
   * @param tier empty if the catalog doesn't sell what it is for
   * @param graceUntil until when a past due one entitles; empty unless past due
   * @param endedAt once it ended
   * @param particulars of one that may entitle
   * @param evidence what made it what it is; empty for what was stored before evidence was kept
   */
  record OfSubscription(
      String subscriptionId,
      Optional<String> tier,
      SubscriptionStatus status,
      Verdict verdict,
      String why,
      Optional<Instant> graceUntil,
      Optional<Instant> endedAt,
      Optional<Particulars> particulars,
      Optional<Evidence> evidence)
      implements EntitlementCandidate {}

  /**
   * A plan that was granted. Granted units and flags decide beside any plan, and the decision itself
   * names them.
   *
   * @param expiresAt when it ceases to hold; empty for never
   */
  record OfGrant(
      String grantId,
      String tier,
      Verdict verdict,
      String why,
      Instant startsAt,
      Optional<Instant> expiresAt)
      implements EntitlementCandidate {}

  /** The plan of everybody whom nothing else gives another one. */
  record OfDefaultPlan(String tier, Verdict verdict, String why) implements EntitlementCandidate {}
}
