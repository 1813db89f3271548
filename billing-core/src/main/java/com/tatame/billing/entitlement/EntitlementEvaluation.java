package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.Decision.Allowance;
import com.tatame.billing.entitlement.Decision.GrantLeft;
import com.tatame.billing.entitlement.Decision.OverageLeft;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where an account stands at an instant. Pure: all of it follows from what was loaded. */
final class EntitlementEvaluation {
  private final Catalog catalog;
  private final AccountUsage usage;
  private final Instant now;
  private final Optional<AccountEntitlement.Source> subscription;
  private final List<Grant> grants;
  private final Optional<Grant> granted;
  private final Plan plan;

  EntitlementEvaluation(Catalog catalog, AccountUsage usage, Instant now) {
    this.catalog = catalog;
    this.usage = usage;
    this.now = now;
    this.subscription = usage.entitlement().flatMap(entitlement -> entitlement.sourceAt(now));
    this.grants = usage.grants().stream()
        .filter(grant -> grant.holdsAt(now))
        .sorted(Grant.EARLIEST_FIRST)
        .toList();
    Optional<Plan> subscribed = subscription.flatMap(source -> catalog.plan(source.tier()));
    this.granted = grants.stream()
        .filter(
            grant -> planOf(grant).filter(given -> outranks(given, subscribed)).isPresent())
        .max(
            Comparator.comparingInt((Grant grant) -> planOf(grant).orElseThrow().rank())
                .thenComparing(Grant.EARLIEST_FIRST));
    this.plan = granted.flatMap(this::planOf).or(() -> subscribed).orElseGet(catalog::defaultPlan);
  }

  private EntitlementEvaluation(Catalog catalog, Plan plan) {
    this.catalog = catalog;
    this.usage = new AccountUsage(Optional.empty(), "", List.of());
    this.now = Instant.EPOCH;
    this.subscription = Optional.empty();
    this.grants = List.of();
    this.granted = Optional.empty();
    this.plan = plan;
  }

  private Optional<Plan> planOf(Grant grant) {
    return grant.gift() instanceof GrantContent.Tier tier
        ? catalog.plan(tier.tier())
        : Optional.empty();
  }

  // Who pays for a plan has it from the subscription, whatever else was given.
  private boolean outranks(Plan given, Optional<Plan> subscribed) {
    return subscribed
        .map(own -> given.rank() > own.rank())
        .orElseGet(() -> given.rank() >= catalog.defaultPlan().rank());
  }

  /** What a plan's flags answer, by name: for every account with the plan, at any time. */
  static Map<String, Decision> flags(Catalog catalog, Plan plan) {
    EntitlementEvaluation standing = new EntitlementEvaluation(catalog, plan);
    Map<String, Decision> flags = new HashMap<>();
    catalog.plans().stream()
        .flatMap(any -> any.features().keySet().stream())
        .distinct()
        .forEach(name -> standing
            .feature(name)
            .filter(Feature.Flag.class::isInstance)
            .ifPresent(flag -> flags.put(name, standing.decide(name, flag))));
    return Map.copyOf(flags);
  }

  /** The subscription that gives the plan; empty if a grant does, or nothing. */
  Optional<AccountEntitlement.Source> source() {
    return granted.isPresent() ? Optional.empty() : subscription;
  }

  /** The grant that gives the plan. */
  Optional<Grant> granted() {
    return granted;
  }

  Plan plan() {
    return plan;
  }

  String version() {
    return usage.version();
  }

  /** A feature as the plan has it; one that it lacks, as the catalog's others have it, but none of it. */
  Optional<Feature> feature(String name) {
    Optional<Feature> own = Optional.ofNullable(plan.features().get(name));
    return own.isPresent()
        ? own
        : catalog.plans().stream()
            .flatMap(any -> Optional.ofNullable(any.features().get(name)).stream())
            .findFirst()
            .map(EntitlementEvaluation::withheld);
  }

  private static Feature withheld(Feature feature) {
    if (feature instanceof Feature.Counter counter) {
      return new Feature.Counter(0, counter.window());
    } else if (feature instanceof Feature.Unlimited unlimited) {
      return new Feature.Counter(0, unlimited.window());
    } else if (feature instanceof Feature.Gauge) {
      return new Feature.Gauge(0);
    }
    return new Feature.Flag(false);
  }

  /** The window in which a feature is counted now. */
  Period period(Feature feature) {
    Optional<Cycle> cycle = subscription.flatMap(AccountEntitlement.Source::cycle);
    if (feature instanceof Feature.Counter counter) {
      return counter.window().at(now, cycle);
    } else if (feature instanceof Feature.Unlimited unlimited) {
      return unlimited.window().at(now, cycle);
    }
    return Period.LIFETIME;
  }

  Decision decide(String name, Feature feature) {
    if (feature instanceof Feature.Flag flag) {
      return flag.included() || grants.stream().anyMatch(grant -> switchesOn(grant, name))
          ? granted(name, feature, Optional.empty())
          : refused(name, feature, Optional.empty(), notIncluded());
    }
    Period period = period(feature);
    UsageTally used = usage.used(name, period, now);
    Optional<Long> limit = limit(feature);
    boolean resets = limit.isPresent() && limit.get() > 0 && !period.equals(Period.LIFETIME);
    Allowance allowance = new Allowance(
        limit,
        used.included(),
        resets ? Optional.of(period.end()) : Optional.empty(),
        overage(feature)
            .map(overage -> new OverageLeft(
                overage.discountPercent(),
                overage.limit().map(most -> Math.max(0, most - used.overage())))),
        unitsOf(name, feature).stream().mapToLong(Grant::left).sum());
    boolean left = allowance.remaining().filter(remaining -> remaining == 0).isEmpty();
    if (left || goesBeyond(feature, used)) {
      return granted(name, feature, Optional.of(allowance));
    }
    return refused(
        name,
        feature,
        Optional.of(allowance),
        plan.features().containsKey(name) && limit.orElse(0L) > 0
            ? "All " + limit.get() + " of " + name + " are used"
                + allowance
                    .resetsAt()
                    .map(at -> "; there are more from " + at + ".")
                    .orElse(".")
            : notIncluded());
  }

  /** The decision for an account that wanted more at once than is left. */
  Decision refuse(String name, Feature feature, long amount) {
    Decision decision = decide(name, feature);
    return decision.allowed()
        ? refused(
            name,
            feature,
            decision.allowance(),
            "There are not " + amount + " left of " + name + ".",
            decision.grants())
        : decision;
  }

  /**
   * Where the unit of an item may be taken from. Of what a plan or a grant gives without a word about
   * more, more is sold at the list price, as it is to everybody.
   *
   * @return empty if nothing says anything about such items
   */
  List<Offer> itemOffers(String kind, Money listPrice) {
    Optional<Feature> feature = feature(kind)
        .filter(any -> any instanceof Feature.Counter || any instanceof Feature.Unlimited)
        .filter(any -> plan.features().containsKey(kind) || !unitsOf(kind, any).isEmpty());
    if (feature.isEmpty()) {
      return List.of();
    }
    List<Offer> offers = new ArrayList<>(offers(kind, feature.get(), Optional.of(listPrice)));
    if (limit(feature.get()).isPresent() && overage(feature.get()).isEmpty()) {
      offers.add(new Offer(PriceBand.FULL_PRICE, Optional.empty(), Optional.of(0)));
    }
    return offers;
  }

  /** Which of these offers the next unit of a feature is taken from; empty if none has any left. */
  Optional<Offer> next(String name, Feature feature, List<Offer> offers) {
    UsageTally used = usage.used(name, period(feature), now);
    Map<String, Long> left = new HashMap<>();
    unitsOf(name, feature).forEach(grant -> left.put(grant.id(), grant.left()));
    return offers.stream()
        .filter(offer -> offer
            .grant()
            .map(id -> left.getOrDefault(id, 0L) > 0)
            .orElseGet(() -> offer.leaves(1, used)))
        .findFirst();
  }

  EntitlementReport report(AccountId account) {
    SortedMap<String, Decision> features = new TreeMap<>();
    catalog.plans().stream()
        .map(Plan::features)
        .flatMap(any -> any.keySet().stream())
        .forEach(name ->
            features.computeIfAbsent(name, n -> decide(n, feature(n).orElseThrow())));
    return new EntitlementReport(
        account, plan.tier(), source(), granted, features, usage.revision(), usage.staleSince());
  }

  /** The first instant after now at which the report may be another one, though nothing changes. */
  Instant until() {
    Stream<Instant> sources = usage.entitlement().stream()
        .flatMap(entitlement -> entitlement.sources().stream())
        .flatMap(source -> source.graceUntil().stream());
    Stream<Instant> grants = usage.grants().stream()
        .flatMap(grant -> Stream.concat(
            Stream.of(grant.startsAt()),
            Stream.concat(
                grant.expiresAt().stream(), grant.revoked().map(Grant.Revocation::at).stream())));
    Stream<Instant> counted = usage.open().stream()
        .flatMap(row -> Stream.of(row.period().start(), row.period().end()));
    Stream<Instant> windows = catalog.plans().stream()
        .flatMap(any -> any.features().keySet().stream())
        .map(name -> period(feature(name).orElseThrow()).end());
    Stream<Instant> cycle = subscription.flatMap(AccountEntitlement.Source::cycle).stream()
        .map(tally -> tally.current().start());
    return Stream.of(sources, grants, counted, windows, cycle)
        .flatMap(instants -> instants)
        .filter(now::isBefore)
        .min(Comparator.naturalOrder())
        .orElse(Instant.MAX);
  }

  /** How the decision about a feature comes about. */
  Explanation explain(AccountId account, String name, Feature feature) {
    Decision decision = decide(name, feature);
    List<EntitlementCandidate> grounds =
        new CandidateRanking(catalog, usage, subscription, granted, now).weighed();
    Optional<Explanation.Counting> counting = feature instanceof Feature.Flag
        ? Optional.empty()
        : Optional.of(new Explanation.Counting(
            window(feature), period(feature), usage.used(name, period(feature), now)));
    return new Explanation(
        account,
        now,
        decision,
        plan,
        grounds,
        counting,
        Optional.empty(),
        new ExplanationText(catalog, plan, decision).summary(account, now, grounds, counting));
  }

  private static Optional<Window> window(Feature feature) {
    if (feature instanceof Feature.Counter counter) {
      return Optional.of(counter.window());
    }
    return feature instanceof Feature.Unlimited unlimited
        ? Optional.of(unlimited.window())
        : Optional.empty();
  }

  private static boolean goesBeyond(Feature feature, UsageTally used) {
    return overage(feature)
        .filter(overage -> overage.beyond() == Overage.Beyond.FULL_PRICE
            || overage.limit().filter(most -> used.overage() >= most).isEmpty())
        .isPresent();
  }

  private String notIncluded() {
    return "The plan " + plan.name() + " does not include it.";
  }

  private Decision granted(String name, Feature feature, Optional<Allowance> allowance) {
    return new Decision(
        name,
        true,
        feature,
        allowance,
        Optional.empty(),
        Optional.empty(),
        left(name, feature),
        usage.staleSince());
  }

  private List<GrantLeft> left(String name, Feature feature) {
    Stream<Grant> given = feature instanceof Feature.Flag
        ? grants.stream().filter(grant -> switchesOn(grant, name))
        : unitsOf(name, feature).stream().filter(grant -> grant.left() > 0);
    return given
        .map(grant -> new GrantLeft(
            grant.id(),
            feature instanceof Feature.Flag ? Optional.empty() : Optional.of(grant.left()),
            grant.expiresAt()))
        .toList();
  }

  private static boolean switchesOn(Grant grant, String name) {
    return grant.gift() instanceof GrantContent.Flag flag && flag.feature().equals(name);
  }

  /** The grants that have, or had, units of a feature that is counted. */
  private List<Grant> unitsOf(String name, Feature feature) {
    return feature instanceof Feature.Gauge
        ? List.of()
        : grants.stream()
            .filter(grant -> grant.gift() instanceof GrantContent.Units units
                && units.feature().equals(name))
            .toList();
  }

  private Decision refused(
      String name, Feature feature, Optional<Allowance> allowance, String reason) {
    return refused(name, feature, allowance, reason, List.of());
  }

  private Decision refused(
      String name,
      Feature feature,
      Optional<Allowance> allowance,
      String reason,
      List<GrantLeft> left) {
    return new Decision(
        name,
        false,
        feature,
        allowance,
        Optional.of(reason),
        catalog.upgrade(plan, name),
        left,
        usage.staleSince());
  }

  private static Optional<Long> limit(Feature feature) {
    if (feature instanceof Feature.Counter counter) {
      return Optional.of(counter.limit());
    }
    return feature instanceof Feature.Gauge gauge ? Optional.of(gauge.limit()) : Optional.empty();
  }

  private static Optional<Overage> overage(Feature feature) {
    return feature instanceof Feature.Counter counter ? counter.overage() : Optional.empty();
  }

  /**
   * Where units of such a price may be taken from. What costs more than the feature's highest price
   * takes no included unit, nor a granted one; what has no price can't be charged.
   */
  List<Offer> offers(String name, Feature feature, Optional<Money> itemPrice) {
    List<Offer> offers = new ArrayList<>();
    boolean tooDear = feature instanceof Feature.Counter counter
        && counter
            .maxItemPrice()
            .filter(most -> itemPrice.filter(price -> dearer(price, most)).isPresent())
            .isPresent();
    if (!tooDear) {
      offers.addAll(free(name, feature));
    }
    if (itemPrice.isPresent()) {
      overage(feature).ifPresent(overage -> {
        offers.add(
            new Offer(PriceBand.OVERAGE, overage.limit(), Optional.of(overage.discountPercent())));
        if (overage.beyond() == Overage.Beyond.FULL_PRICE) {
          offers.add(new Offer(PriceBand.FULL_PRICE, Optional.empty(), Optional.of(0)));
        }
      });
    }
    return offers;
  }

  // What can't be compared is too dear: nothing is given away in a currency without a price.
  private static boolean dearer(Money price, Amounts most) {
    return most.in(price.currency())
        .filter(limit -> price.amount() <= limit.amount())
        .isEmpty();
  }

  // What is lost soonest comes first: included units are with their window, granted ones with their
  // grant. Where any number is included, nothing need be drawn from grants.
  private List<Offer> free(String name, Feature feature) {
    Offer included = new Offer(PriceBand.INCLUDED, limit(feature), Optional.empty());
    if (included.limit().isEmpty()) {
      return List.of(included);
    }
    Instant end = period(feature).end();
    List<Offer> sooner = new ArrayList<>();
    List<Offer> later = new ArrayList<>();
    for (Grant grant : unitsOf(name, feature)) {
      boolean soon = grant.expiresAt().filter(end::isAfter).isPresent();
      (soon ? sooner : later)
          .add(new Offer(
              PriceBand.INCLUDED,
              Optional.of(((GrantContent.Units) grant.gift()).units()),
              Optional.empty(),
              Optional.of(grant.id())));
    }
    sooner.add(included);
    sooner.addAll(later);
    return sooner;
  }
}
