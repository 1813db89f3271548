package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Access.TRUSTED;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.ProblemCode.LIMIT_REACHED;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Parameter.flag;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.USE;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.Decision.Allowance;
import com.tatame.billing.entitlement.EntitlementReport;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Explanation;
import com.tatame.billing.entitlement.PastEntitlements;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What the caller may do, and the doing of it. */
final class EntitlementHandlers {
  private static final String FEATURE = "/api/v1/entitlements/{feature}";
  private static final Route.Parameter PAST = query(
      "at",
      "A moment that has passed, such as 2026-03-04T14:03:00Z: what was answered then, by what was"
          + " known then. Now if missing.");
  private static final long MAX_CHARACTERS = 16L << 20;

  private final Entitlements entitlements;
  private final InstantSource wallClock;

  /** Rendered answers of cached reports, for as long as they are cached. */
  private final Cache<EntitlementReport, Answer> written = Caffeine.newBuilder()
      .weakKeys()
      .maximumWeight(MAX_CHARACTERS)
      .weigher((EntitlementReport report, Answer answer) -> answer.body().length())
      .build();

  static List<Route> routes() {
    return List.of(
        get("/api/v1/entitlements", SIGNED_IN)
            .orAnonymous()
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Entitlements", "Everything that the caller may do, or might at a past moment")
            .with(PAST)
            .answers(reply(200, EntitlementsAnswer.class, "As of that moment."))
            .by(to -> to.get(EntitlementHandlers.class)::all),
        get(FEATURE, SIGNED_IN)
            .orAnonymous()
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Entitlements", "Whether the caller may use a feature, or might at a past moment")
            .with(PAST)
            .with(flag("explain", "Whether to tell how the answer was derived."))
            .answers(reply(200, DecisionAnswer.class, "As of that moment."))
            .by(to -> to.get(EntitlementHandlers.class)::one),
        post(FEATURE + "/consume", SIGNED_IN, USE)
            .orAnonymous()
            .orKeyWith(Scope.ENTITLEMENTS)
            .keepsKeysItself()
            .is("Entitlements", "Use units of a feature, all of them or none")
            .takes(ConsumeRequest.class)
            .answers(reply(200, ConsumedAnswer.class, "They are used."))
            .refuses(LIMIT_REACHED, NOT_FOUND, IDEMPOTENCY_KEY_REUSED)
            .by(to -> to.get(EntitlementHandlers.class)::consume),
        post(FEATURE + "/release", TRUSTED, USE)
            .orKeyWith(Scope.ENTITLEMENTS)
            .keepsKeysItself()
            .is(
                "Entitlements",
                "Give units back for what was not done after all; for API keys and administrators")
            .takes(ReleaseRequest.class)
            .answers(reply(200, DecisionAnswer.class, "As it is now."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(EntitlementHandlers.class)::release),
        get(FEATURE + "/consumptions/{id}", TRUSTED)
            .orKeyWith(Scope.ENTITLEMENTS)
            .is(
                "Entitlements",
                "What was consumed, so that a backend honours what a front end consumed; for API keys"
                    + " and administrators")
            .answers(reply(200, ConsumptionAnswer.class, "As it is now."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(EntitlementHandlers.class)::consumption));
  }

  /**
   * Answers nothing yet.
   *
   * @param wallClock tells how old a stale answer is
   */
  EntitlementHandlers(Entitlements entitlements, InstantSource wallClock) {
    this.entitlements = entitlements;
    this.wallClock = wallClock;
  }

  record EntitlementsAnswer(
      @Doc(value = "Whose they are.", example = "user_alice")
      String accountId,

      @Doc(value = "The plan in force.", example = "pro") String tier,

      @Doc("The subscription that gives it; null for the default plan, or if a grant does.")
      @Nullable
      SourceAnswer source,

      @Doc("The grant that gives it; null if none does.") @Nullable
      PlanGrantAnswer grant,

      @Doc("Every feature of the catalog by name.") Map<String, FeatureAnswer> features,

      @Doc(
          "Features that are missing above: the instant is past the retention of their consumptions.")
      List<String> unknown,

      @Doc("Of the account's stream of events: all up to this sequence is taken into account here.")
      long revision,

      @Doc("Whether the database is down, and this is what was last read.")
      boolean stale,

      @Doc("How long ago that was; null unless stale.") @Nullable
      Long ageSeconds) {}

  record SourceAnswer(
      String subscriptionId,

      @Doc(value = "Of the subscription.", example = "active")
      String status,

      @Doc("How long it still entitles: a past due one, or one that its user paused; else null.")
      @Nullable
      Instant graceUntil) {}

  record PlanGrantAnswer(
      String id,

      @Doc("When it ceases to hold; null for never.") @Nullable
      Instant expiresAt) {}

  record GrantLeftAnswer(
      @Doc("The grant's.") String id,

      @Doc("How many units of it are left; null where it makes a flag be on.") @Nullable
      Long remaining,

      @Doc("When they are lost; null for never.") @Nullable Instant expiresAt) {
    static GrantLeftAnswer of(Decision.GrantLeft left) {
      return new GrantLeftAnswer(
          left.id(), left.units().orElse(null), left.expiresAt().orElse(null));
    }
  }

  record FeatureAnswer(
      @Doc("Whether one more unit would be granted, or the feature is on.")
      boolean allowed,

      @Doc(
          value = "How the feature is granted.",
          oneOf = {"flag", "counter", "gauge", "unlimited"})
      String kind,

      @Doc("What the plan includes; null where nothing is counted or there is no limit.") @Nullable
      Long limit,

      @Doc("Of what is included; null where nothing is counted.") @Nullable
      Long used,

      @Doc("What costs nothing and is left, included or granted; null where there is no limit.")
      @Nullable
      Long remaining,

      @Doc("When it is counted anew; null if never.") @Nullable
      Instant resetsAt,

      @Doc("Null where nothing goes beyond the limit.") @Nullable
      OverageAnswer overage,

      @Doc("What was given on top of the plan and is left, the earliest to expire first.")
      List<GrantLeftAnswer> grants) {
    static FeatureAnswer of(Decision decision) {
      Optional<Allowance> allowance = decision.allowance();
      return new FeatureAnswer(
          decision.allowed(),
          decision.feature().kind(),
          allowance.flatMap(Allowance::limit).orElse(null),
          allowance.map(Allowance::used).orElse(null),
          allowance.flatMap(Allowance::remaining).orElse(null),
          allowance.flatMap(Allowance::resetsAt).orElse(null),
          allowance.flatMap(Allowance::overage).map(OverageAnswer::of).orElse(null),
          decision.grants().stream().map(GrantLeftAnswer::of).toList());
    }
  }

  record OverageAnswer(
      @Doc("Taken off the price of a unit beyond the limit.")
      int discountPercent,

      @Doc("How many there are at this discount; null for any number.") @Nullable
      Long remaining) {
    static OverageAnswer of(Decision.OverageLeft left) {
      return new OverageAnswer(left.discountPercent(), left.remaining().orElse(null));
    }
  }

  record DecisionAnswer(
      @Doc("Whether one more unit would be granted, or the feature is on.")
      boolean allowed,

      @Doc(
          value = "How the feature is granted.",
          oneOf = {"flag", "counter", "gauge", "unlimited"})
      String kind,

      @Doc("What the plan includes; null where nothing is counted or there is no limit.") @Nullable
      Long limit,

      @Doc("Of what is included; null where nothing is counted.") @Nullable
      Long used,

      @Doc("What costs nothing and is left, included or granted; null where there is no limit.")
      @Nullable
      Long remaining,

      @Doc("When it is counted anew; null if never.") @Nullable
      Instant resetsAt,

      @Doc("Null where nothing goes beyond the limit.") @Nullable
      OverageAnswer overage,

      @Doc("What was given on top of the plan and is left, the earliest to expire first.")
      List<GrantLeftAnswer> grants,

      @Doc("Why not, in words for the user; null when allowed.") @Nullable
      String reason,

      @Doc("When not allowed, the tier of the next plan that gives more; null if there is none.")
      @Nullable
      String upgrade,

      @Doc("How it was derived; null unless that was asked for.") @Nullable
      ExplanationAnswer explanation,

      @Doc("Whether the database is down, and this is derived from what was last read.")
      boolean stale,

      @Doc("How long ago that was; null unless stale.") @Nullable
      Long ageSeconds) {
    static DecisionAnswer of(Decision decision, Instant wallNow) {
      return of(decision, Optional.empty(), wallNow);
    }

    static DecisionAnswer of(Explanation explanation, Instant wallNow) {
      return of(explanation.decision(), Optional.of(ExplanationAnswer.of(explanation)), wallNow);
    }

    private static DecisionAnswer of(
        Decision decision, Optional<ExplanationAnswer> explanation, Instant wallNow) {
      FeatureAnswer feature = FeatureAnswer.of(decision);
      return new DecisionAnswer(
          feature.allowed(),
          feature.kind(),
          feature.limit(),
          feature.used(),
          feature.remaining(),
          feature.resetsAt(),
          feature.overage(),
          feature.grants(),
          decision.reason().orElse(null),
          decision.upgrade().map(plan -> plan.tier()).orElse(null),
          explanation.orElse(null),
          decision.staleSince().isPresent(),
          age(decision.staleSince(), wallNow));
    }
  }

  private static @Nullable Long age(Optional<Instant> staleSince, Instant wallNow) {
    return staleSince
        .map(readAt -> Math.max(0, Duration.between(readAt, wallNow).toSeconds()))
        .orElse(null);
  }

  record ConsumeRequest(
      @Doc("Units; 1 if missing.") @Nullable Long amount,

      @Doc("The whole price of one unit, where units have prices.") @Nullable
      ItemPriceRequest itemPrice,

      @Doc("Under it, this is done once; the header Idempotency-Key says the same.") @Nullable
      String idempotencyKey) {}

  record ItemPriceRequest(
      @Doc(value = "In minor units.", example = "1500") Long amount,
      @Doc(value = "ISO 4217, lower case.", example = "usd") String currency) {}

  record ConsumedAnswer(
      @Doc("Always true: a refusal is a problem document.") boolean allowed,

      @Doc("Of what is included, right after; null where nothing is counted.") @Nullable
      Long used,

      @Doc("What costs nothing and is left right after, included or granted; null where there is no"
          + " limit.")
      @Nullable
      Long remaining,

      @Doc("What is to be paid; null for included and granted units.") @Nullable
      ChargeAnswer charge,

      @Doc("To give the units back with; null where nothing is counted.") @Nullable
      String consumptionId) {}

  record ChargeAnswer(
      @Doc("Of all units, after the discount.") MoneyAnswer price, int discountPercent) {
    static ChargeAnswer of(ConsumeResult.Charge charge) {
      return new ChargeAnswer(MoneyAnswer.of(charge.price()), charge.discountPercent());
    }
  }

  record ConsumptionAnswer(
      @Doc("Who consumed.") String accountId,
      @Doc("Units.") long amount,
      @Doc("When they were consumed.") Instant at,

      @Doc("Whether they were given back, so that nothing is owed for them.")
      boolean released) {}

  record ReleaseRequest(@Doc("As consuming answered.") String consumptionId) {}

  Answer all(Call call) {
    return render(at(call)
        .map(past -> past.of(call.account()))
        .orElseGet(() -> entitlements.of(call.account())));
  }

  /** As {@link #all} for the present, if that needs no query. */
  Optional<Answer> cached(AccountId account) {
    return entitlements
        .cached(account)
        .map(report ->
            report.staleSince().isPresent() ? render(report) : written.get(report, this::render));
  }

  private Answer render(EntitlementReport report) {
    Map<String, FeatureAnswer> features = new TreeMap<>();
    report.features().forEach((name, decision) -> features.put(name, FeatureAnswer.of(decision)));
    return Answer.ok(new EntitlementsAnswer(
        report.account().value(),
        report.tier(),
        report
            .source()
            .map(source -> new SourceAnswer(
                source.subscriptionId(),
                source.status().code(),
                source.graceUntil().orElse(null)))
            .orElse(null),
        report
            .grant()
            .map(grant -> new PlanGrantAnswer(grant.id(), grant.expiresAt().orElse(null)))
            .orElse(null),
        features,
        List.copyOf(report.unknown()),
        report.revision(),
        report.staleSince().isPresent(),
        age(report.staleSince(), wallClock.instant())));
  }

  private Optional<PastEntitlements> at(Call call) {
    return call.query("at").map(text -> entitlements.at(RequestFields.time("at", text)));
  }

  Answer one(Call call) {
    String feature = call.id("feature");
    boolean explain = call.flag("explain").orElse(false);
    Optional<PastEntitlements> past = at(call);
    if (explain) {
      return Answer.ok(DecisionAnswer.of(
          past.map(then -> then.explain(call.account(), feature))
              .orElseGet(() -> entitlements.explain(call.account(), feature)),
          wallClock.instant()));
    }
    return Answer.ok(DecisionAnswer.of(
        past.map(then -> then.check(call.account(), feature))
            .orElseGet(() -> entitlements.check(call.account(), feature)),
        wallClock.instant()));
  }

  Answer consume(Call call) {
    return render(entitlements.consume(call.account(), use(call)));
  }

  /** As {@link #consume}, without keeping the caller's thread. */
  CompletableFuture<Answer> consumeAsync(Call call, Executor mayBlock) {
    return entitlements
        .consumeAsync(call.account(), use(call), mayBlock)
        .thenApply(EntitlementHandlers::render);
  }

  private static Use use(Call call) {
    ConsumeRequest body = call.optionalBody(ConsumeRequest.class);
    return new Use(
        call.id("feature"),
        body.amount() == null ? 1 : body.amount(),
        Optional.ofNullable(body.itemPrice()).map(price -> price("itemPrice", price)),
        RequestFields.idempotencyKey(call, body.idempotencyKey()));
  }

  private static Answer render(ConsumeResult used) {
    if (used instanceof ConsumeResult.Denied denied) {
      throw denied.decision().refusal();
    }
    ConsumeResult.Granted granted = (ConsumeResult.Granted) used;
    Optional<Consumption> consumption = granted.consumption();
    Answer answer = Answer.ok(new ConsumedAnswer(
        true,
        consumption.map(Consumption::used).orElse(null),
        consumption.flatMap(Consumption::remaining).orElse(null),
        granted.charge().map(ChargeAnswer::of).orElse(null),
        consumption.map(Consumption::id).orElse(null)));
    return granted.again() ? answer.with("Idempotent-Replayed", "true") : answer;
  }

  Answer consumption(Call call) {
    Consumption consumption =
        entitlements.consumption(call.account(), call.id("feature"), call.id("id"));
    return Answer.ok(new ConsumptionAnswer(
        call.account().value(),
        consumption.amount(),
        consumption.at(),
        consumption.releasedAt().isPresent()));
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  Answer release(Call call) {
    String feature = call.id("feature");
    AccountId account = call.account();
    ReleaseRequest body = call.body(ReleaseRequest.class);
    if (body.consumptionId() == null || body.consumptionId().isBlank()) {
      throw ValidationFailed.of("consumptionId", "is required");
    }
    if (!InputRules.id(body.consumptionId())) {
      throw new NotFound("consumption", "the id is not well formed");
    }
    return Answer.ok(DecisionAnswer.of(
        entitlements.release(account, feature, body.consumptionId()), wallClock.instant()));
  }

  @SuppressWarnings("ConstantValue")
  static Money price(String field, ItemPriceRequest price) {
    if (price.amount() == null) {
      throw ValidationFailed.of(field + ".amount", "is required, in minor units");
    }
    if (price.currency() == null || !price.currency().matches("[a-z]{3}")) {
      throw ValidationFailed.of(
          field + ".currency", "must be three lower-case letters, such as usd");
    }
    return new Money(price.amount(), price.currency());
  }
}
