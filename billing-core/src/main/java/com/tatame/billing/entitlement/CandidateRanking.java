package com.tatame.billing.entitlement;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.entitlement.AccountEntitlement.Particulars;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.entitlement.AccountEntitlement.Withheld;
import com.tatame.billing.entitlement.EntitlementCandidate.Verdict;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Weighs all that could decide at an instant, in words. */
final class CandidateRanking {
  private final Catalog catalog;
  private final Optional<RecordedEntitlement> recorded;
  private final List<Grant> grants;
  private final Optional<Source> winner;
  private final Optional<Grant> granted;
  private final Instant at;

  /**
   * What there is to weigh.
   *
   * @param winner of the subscriptions
   * @param granted the grant that stands before it
   */
  CandidateRanking(
      Catalog catalog,
      AccountUsage usage,
      Optional<Source> winner,
      Optional<Grant> granted,
      Instant at) {
    this.catalog = catalog;
    this.recorded = usage.recorded();
    this.grants = usage.grants();
    this.winner = winner;
    this.granted = granted;
    this.at = at;
  }

  List<EntitlementCandidate> weighed() {
    List<EntitlementCandidate> grounds = new ArrayList<>();
    grants.stream()
        .filter(grant -> grant.gift() instanceof GrantContent.Tier)
        .sorted(Grant.EARLIEST_FIRST)
        .forEach(grant -> grounds.add(of(grant, ((GrantContent.Tier) grant.gift()).tier())));
    Optional<AccountEntitlement> entitlement = recorded.map(RecordedEntitlement::entitlement);
    entitlement.ifPresent(known -> known.sources().forEach(source -> grounds.add(of(source))));
    grounds.add(defaultPlan());
    entitlement.ifPresent(known -> known.withheld().forEach(withheld -> grounds.add(of(withheld))));
    return grounds;
  }

  private EntitlementCandidate defaultPlan() {
    boolean decides = winner.isEmpty() && granted.isEmpty();
    return new EntitlementCandidate.OfDefaultPlan(
        catalog.defaultTier(),
        decides ? Verdict.DECIDES : Verdict.OUTRANKED,
        decides
            ? "Nothing gives another plan."
            : granted.isPresent()
                ? "A grant gives another plan."
                : "A subscription gives another plan.");
  }

  private EntitlementCandidate of(Grant grant, String tier) {
    Verdict verdict = granted.filter(grant::equals).isPresent()
        ? Verdict.DECIDES
        : !grant.holdsAt(at)
            ? Verdict.NOT_BEGUN
            : catalog.plan(tier).isEmpty() ? Verdict.UNKNOWN_PLAN : Verdict.OUTRANKED;
    return new EntitlementCandidate.OfGrant(
        grant.id(),
        tier,
        verdict,
        switch (verdict) {
          case DECIDES ->
            "It was given"
                + grant
                    .expiresAt()
                    .map(end -> " until " + ExplanationText.time(end))
                    .orElse(" for good")
                + ".";
          case NOT_BEGUN -> "It begins at " + ExplanationText.time(grant.startsAt()) + ".";
          case UNKNOWN_PLAN -> "The catalog does not have its plan.";
          default -> behind();
        },
        grant.startsAt(),
        grant.expiresAt());
  }

  private String behind() {
    return granted
        .map(other -> "The grant " + other.id() + " gives a better plan, or a longer time.")
        .or(() -> winner.map(
            source -> "The subscription " + source.subscriptionId() + " gives one as good."))
        .orElse("The default plan is better.");
  }

  private EntitlementCandidate of(Source source) {
    boolean decides = granted.isEmpty() && winner.filter(source::equals).isPresent();
    Verdict verdict =
        decides ? Verdict.DECIDES : source.holdsAt(at) ? Verdict.OUTRANKED : Verdict.GRACE_OVER;
    return new EntitlementCandidate.OfSubscription(
        source.subscriptionId(),
        Optional.of(source.tier()),
        source.status(),
        verdict,
        switch (verdict) {
          case DECIDES -> standing(source);
          case OUTRANKED -> behind(source, winner.orElseThrow());
          default ->
            (source.status() == SubscriptionStatus.PAST_DUE
                    ? "Its payment failed, and what it gave ended at "
                    : "Its user paused it, and what was paid ended at ")
                + ExplanationText.time(source.graceUntil().orElseThrow()) + ".";
        },
        source.graceUntil(),
        Optional.empty(),
        source.particulars(),
        evidence(source.subscriptionId()));
  }

  private static String standing(Source source) {
    Optional<Particulars> more = source.particulars();
    String paused = more.filter(Particulars::collectionPaused).isPresent()
        ? " No payments are collected for now, which changes nothing."
        : "";
    String ends = more.flatMap(Particulars::endsAt)
        .map(end -> " It is set to end at " + ExplanationText.time(end) + ".")
        .orElse("");
    return switch (source.status()) {
          case TRIALING ->
            "It is in its trial"
                + more.flatMap(Particulars::trialEnd)
                    .map(end -> " until " + ExplanationText.time(end))
                    .orElse("")
                + ".";
          case PAST_DUE ->
            "Its payment failed; it keeps what it gives until "
                + ExplanationText.time(source.graceUntil().orElseThrow()) + ".";
          default ->
            "It is active."
                + source
                    .graceUntil()
                    .map(at -> " Its user paused it from " + ExplanationText.time(at) + " on.")
                    .orElse("");
        }
        + ends
        + paused;
  }

  private String behind(Source source, Source before) {
    if (source.equals(before)) {
      return "The grant " + granted.orElseThrow().id() + " gives a better plan.";
    }
    int rank = catalog.plan(source.tier()).map(Plan::rank).orElse(0);
    int winners = catalog.plan(before.tier()).map(Plan::rank).orElse(0);
    String other = "the subscription " + before.subscriptionId();
    if (rank != winners) {
      return "Its plan ranks below that of " + other + ".";
    }
    return source.status() == SubscriptionStatus.PAST_DUE
            && before.status() != SubscriptionStatus.PAST_DUE
        ? "It is past due, and " + other + " is not."
        : "Of the same rank, " + other + " is newer.";
  }

  private EntitlementCandidate of(Withheld withheld) {
    boolean unknown =
        withheld.status().entitles() && withheld.tier().flatMap(catalog::plan).isEmpty();
    return new EntitlementCandidate.OfSubscription(
        withheld.subscriptionId(),
        withheld.tier(),
        withheld.status(),
        unknown ? Verdict.UNKNOWN_PLAN : Verdict.GIVES_NOTHING,
        unknown ? "The catalog does not sell its price." : nothing(withheld),
        Optional.empty(),
        withheld.endedAt(),
        Optional.empty(),
        evidence(withheld.subscriptionId()));
  }

  private static String nothing(Withheld withheld) {
    String ended =
        withheld.endedAt().map(at -> " at " + ExplanationText.time(at)).orElse("");
    return switch (withheld.status()) {
      case INCOMPLETE -> "Its first payment has not been made.";
      case INCOMPLETE_EXPIRED -> "Its first payment was never made.";
      case UNPAID -> "Its payments failed until the provider gave up trying.";
      case PAUSED -> "It is paused: its trial ended without a way to pay.";
      case TRIALING, ACTIVE, PAST_DUE ->
        "Its user paused it: nothing was paid for the present period.";
      case CANCELED -> "It ended" + ended + ".";
    };
  }

  private Optional<Evidence> evidence(String subscriptionId) {
    return recorded.flatMap(known -> known.of(subscriptionId));
  }
}
