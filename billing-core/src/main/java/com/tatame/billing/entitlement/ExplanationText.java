package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.Decision.Allowance;
import com.tatame.billing.entitlement.EntitlementCandidate.OfSubscription;
import com.tatame.billing.entitlement.EntitlementCandidate.Verdict;
import com.tatame.billing.entitlement.Explanation.Counting;
import com.tatame.billing.observation.Observation;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** Says how a decision was derived, in sentences that support staff can read out. */
final class ExplanationText {
  private final Catalog catalog;
  private final Plan plan;
  private final Decision decision;

  ExplanationText(Catalog catalog, Plan plan, Decision decision) {
    this.catalog = catalog;
    this.plan = plan;
    this.decision = decision;
  }

  /** To the second. */
  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  String summary(
      AccountId account,
      Instant at,
      List<EntitlementCandidate> grounds,
      Optional<Counting> counting) {
    StringJoiner text = new StringJoiner(" ");
    text.add("As of " + time(at) + ", the account " + account.value() + " may "
        + (decision.allowed() ? "" : "not ") + "use " + decision.name() + ".");
    grounds.stream()
        .filter(ground -> ground.verdict() == Verdict.DECIDES)
        .findFirst()
        .ifPresent(ground -> text.add(decides(ground)));
    text.add(counting.map(this::counted).orElseGet(this::flag));
    grounds.stream()
        .filter(OfSubscription.class::isInstance)
        .map(OfSubscription.class::cast)
        .filter(other -> other.verdict() != Verdict.DECIDES)
        .forEach(other -> text.add("The subscription " + other.subscriptionId() + name(other)
            + " does not decide: " + decapitalized(other.why()) + evidenceOf(other)));
    decision
        .upgrade()
        .ifPresent(more -> text.add("The next plan that gives more is " + more.name() + "."));
    return text.toString();
  }

  private String decides(EntitlementCandidate ground) {
    if (ground instanceof OfSubscription subscription) {
      return "The plan " + plan.name() + " holds, by the subscription "
          + subscription.subscriptionId() + ". " + subscription.why() + evidenceOf(subscription);
    }
    if (ground instanceof EntitlementCandidate.OfGrant grant) {
      return "The plan " + plan.name() + " holds, by the grant " + grant.grantId() + ". "
          + grant.why();
    }
    return "The default plan " + plan.name() + " holds. " + ground.why();
  }

  private String name(OfSubscription subscription) {
    return subscription
        .tier()
        .map(tier -> " (" + catalog.plan(tier).map(Plan::name).orElse(tier) + ")")
        .orElse("");
  }

  private static String evidenceOf(OfSubscription subscription) {
    return subscription
        .evidence()
        .map(evidence -> " " + source(evidence) + " shows this; it was so at "
            + time(evidence.asOf()) + ", and has been known here since "
            + time(evidence.recordedAt()) + ".")
        .orElse("");
  }

  private static String source(Evidence evidence) {
    return evidence
        .eventId()
        .map(id -> "The event " + id)
        .orElse(
            evidence.from() == Observation.Source.READ
                ? "An answer of the provider"
                : "The provider");
  }

  /** What became known later. */
  static String afterwards(Explanation.Hindsight later) {
    Decision decision = later.decision();
    return "Not known then, but since " + time(later.knownSince()) + ": the plan "
        + later.plan().name() + " held"
        + later.grounds().stream()
            .filter(ground -> ground.verdict() == Verdict.DECIDES)
            .filter(OfSubscription.class::isInstance)
            .map(OfSubscription.class::cast)
            .findFirst()
            .map(ground ->
                ", by the subscription " + ground.subscriptionId() + "." + evidenceOf(ground))
            .orElse(".")
        + " With that, " + decision.name() + " would "
        + (decision.allowed() ? "" : "not ") + "have been allowed.";
  }

  private String flag() {
    boolean included =
        plan.features().get(decision.name()) instanceof Feature.Flag flag && flag.included();
    return "The plan " + (included ? "includes" : "does not include") + " it."
        + decision.grants().stream()
            .map(grant -> " The grant " + grant.id() + " gives it" + until(grant) + ".")
            .collect(Collectors.joining());
  }

  private String counted(Counting counting) {
    Optional<Allowance> allowance = decision.allowance();
    long used = allowance.map(Allowance::used).orElse(0L);
    Optional<Long> limit = allowance.flatMap(Allowance::limit);
    if (limit.isEmpty()) {
      return "The plan sets no limit; " + used + " are used" + span(counting) + ".";
    } else if (limit.get() == 0) {
      return "The plan does not include it." + granted();
    } else if (decision.feature() instanceof Feature.Gauge) {
      return "The plan has room for " + limit.get() + ", and " + used + " are taken.";
    }
    return "The plan includes " + limit.get() + " " + each(counting) + "; " + used + " are used"
        + span(counting) + ", and " + Math.max(0, limit.get() - used) + " are left." + granted()
        + beyond(allowance, counting);
  }

  private String granted() {
    return decision.grants().stream()
        .map(grant -> " The grant " + grant.id() + " has " + grant.units().orElse(0L) + " more left"
            + until(grant) + ".")
        .collect(Collectors.joining());
  }

  private static String until(Decision.GrantLeft grant) {
    return grant.expiresAt().map(end -> " until " + time(end)).orElse("");
  }

  private static String each(Counting counting) {
    Window.Kind kind = counting.window().map(Window::kind).orElse(Window.Kind.LIFETIME);
    String zone = counting
        .window()
        .flatMap(Window::zoneName)
        .map(name -> " (" + name + ")")
        .orElse("");
    return switch (kind) {
      case DAY -> "each day" + zone;
      case CALENDAR_MONTH -> "each month" + zone;
      case SUBSCRIPTION_MONTH -> "each month of the subscription";
      case BILLING_PERIOD -> "each billing period";
      case LIFETIME -> "in all";
    };
  }

  private static String span(Counting counting) {
    return counting.period().endless()
        ? ""
        : " from " + time(counting.period().start()) + " until "
            + time(counting.period().end());
  }

  private static String beyond(Optional<Allowance> allowance, Counting counting) {
    return allowance
        .flatMap(Allowance::overage)
        .map(overage -> " Beyond them "
            + overage.remaining().map(left -> left + " more are left").orElse("any number is sold")
            + " at " + overage.discountPercent() + " % off; " + counting.used().overage()
            + " were taken so.")
        .orElse("");
  }

  private static String decapitalized(String sentence) {
    return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
  }
}
