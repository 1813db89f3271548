package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an account's subscriptions give it: derived from all of them, never from one event. Pure
 * data; who asks brings the time.
 *
 * @param sources the subscriptions that entitle, the one that wins first
 * @param withheld those that don't, the newest first; of the ended ones the newest alone
 */
public record AccountEntitlement(AccountId account, List<Source> sources, List<Withheld> withheld) {
  /** Where every subscription entitles. */
  public AccountEntitlement(AccountId account, List<Source> sources) {
    this(account, sources, List.of());
  }

  /**
   * A subscription that entitles.
   *
   * @param tier of the catalog
   * @param graceUntil when it stops to entitle: a past due subscription with its grace, one that its
   *     user paused with what is paid; empty for all others
   * @param cycle by which its windows begin anew; empty if it has no periods
   * @param particulars what it is explained by, and nothing is decided by
   */
  public record Source(
      String subscriptionId,
      String tier,
      SubscriptionStatus status,
      Optional<Instant> graceUntil,
      Optional<Cycle> cycle,
      Optional<Particulars> particulars) {
    /** Without particulars. */
    public Source(
        String subscriptionId,
        String tier,
        SubscriptionStatus status,
        Optional<Instant> graceUntil,
        Optional<Cycle> cycle) {
      this(subscriptionId, tier, status, graceUntil, cycle, Optional.empty());
    }

    /** Without a cycle of its own. */
    public Source(
        String subscriptionId,
        String tier,
        SubscriptionStatus status,
        Optional<Instant> graceUntil) {
      this(subscriptionId, tier, status, graceUntil, Optional.empty());
    }

    private Source endingAsKnown() {
      Optional<Instant> end = Stream.concat(
              graceUntil.stream(), particulars.flatMap(Particulars::endsAt).stream())
          .min(Comparator.naturalOrder());
      return new Source(subscriptionId, tier, status, end, cycle, particulars);
    }

    boolean holdsAt(Instant now) {
      return graceUntil.map(now::isBefore).orElse(true);
    }
  }

  /**
   * More about a subscription that entitles.
   *
   * @param priceId of the item that names the plan
   * @param trialEnd set once it had a trial, also after the trial
   * @param endsAt when it ends, if that is set already
   * @param collectionPaused whether an administrator has no payments collected for now
   */
  public record Particulars(
      String priceId,
      Optional<Instant> trialEnd,
      Optional<Instant> endsAt,
      boolean collectionPaused) {}

  /**
   * A subscription that gives nothing.
   *
   * @param tier empty if the catalog doesn't sell what it is for
   * @param endedAt once it ended
   */
  public record Withheld(
      String subscriptionId,
      Optional<String> tier,
      SubscriptionStatus status,
      Optional<Instant> endedAt) {}

  public AccountEntitlement {
    sources = List.copyOf(sources);
    withheld = List.copyOf(withheld);
  }

  /** The same, where each subscription stops to entitle when it is known to end. */
  AccountEntitlement endingAsKnown() {
    return new AccountEntitlement(
        account, sources.stream().map(Source::endingAsKnown).toList(), withheld);
  }

  /** Whether both give the same, for the same time; what explains it may differ. */
  public boolean decidesLike(AccountEntitlement other) {
    return decisive().equals(other.decisive());
  }

  private List<Source> decisive() {
    return sources.stream()
        .map(source -> new Source(
            source.subscriptionId(), source.tier(), source.status(), source.graceUntil()))
        .toList();
  }

  /** The source that decides at this instant; empty when the default plan does. */
  public Optional<Source> sourceAt(Instant now) {
    for (Source source : sources) {
      if (source.holdsAt(now)) {
        return Optional.of(source);
      }
    }
    return Optional.empty();
  }
}
