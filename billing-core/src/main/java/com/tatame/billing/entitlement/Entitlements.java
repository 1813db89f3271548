package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.commit.GroupCommit;
import com.tatame.billing.entitlement.ConsumeResult.Charge;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.LimitReached;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import com.tatame.billing.time.TimeBounds;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Use cases: what an account may do now, and doing it. A question costs one query. */
public final class Entitlements {
  private static final String PREFIX = "use_";
  private static final int MAX_ROUNDS = 10;

  // Deciding takes the database longer than committing: two batches keep two of its cores busy.
  private static final int LARGE_BATCH = 16;

  private static final Duration AHEAD = Duration.ofMinutes(5);
  private static final Duration BEHIND = Duration.ofDays(35);

  private final UsageStore store;
  private final EntitlementCache cached;
  private final GroupCommit<UsageDebit, DebitResult> debits;
  private final CatalogInForce catalog;
  private final InstantSource clock;
  private final RandomGenerator random;
  private volatile Flags flags;

  /** What the plans of a catalog say of flags, computed in advance. */
  private record Flags(
      Catalog catalog, Map<String, Map<String, Decision>> byTier, Map<String, Decision> byDefault) {
    static Flags of(Catalog catalog) {
      Map<String, Map<String, Decision>> byTier = new HashMap<>();
      for (Plan plan : catalog.plans()) {
        byTier.put(plan.tier(), EntitlementEvaluation.flags(catalog, plan));
      }
      return new Flags(
          catalog, byTier, EntitlementEvaluation.flags(catalog, catalog.defaultPlan()));
    }

    // Computed anew for each catalog in force, and compared at every question.
    @SuppressWarnings("ReferenceEquality")
    boolean isBy(Catalog other) {
      return catalog == other;
    }
  }

  /**
   * Wires the use cases by a catalog that is never replaced.
   *
   * @param clock the billing clock
   * @param random source of ids
   */
  public Entitlements(
      UsageStore store, Catalog catalog, InstantSource clock, RandomGenerator random) {
    this(store, EntitlementCache.NONE, new CatalogInForce(catalog), clock, random);
  }

  /**
   * Wires the use cases over a store with a cache.
   *
   * @param cached its cache
   * @param clock the billing clock
   * @param random source of ids
   */
  public Entitlements(
      UsageStore store,
      EntitlementCache cached,
      CatalogInForce catalog,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.cached = cached;
    this.debits =
        new GroupCommit<>(store::consume, LARGE_BATCH, Workload.CONSUMPTION, System::nanoTime);
    this.catalog = catalog;
    this.clock = clock;
    this.random = random;
    this.flags = Flags.of(catalog.get());
  }

  /** All features at once. */
  public EntitlementReport of(AccountId account) {
    return standing(account, now()).report(account);
  }

  /**
   * As {@link #of}, where that is known without a query, so that no caller waits; empty
   * where it isn't. As long as it stays as it is, the report is the same object.
   */
  public Optional<EntitlementReport> cached(AccountId account) {
    Instant now = now();
    return cached.fresh(account, now).map(reading -> reading.report(catalog.get(), account, now));
  }

  /**
   * One feature.
   *
   * @throws NotFound if no plan of the catalog has such a feature
   */
  public Decision check(AccountId account, String feature) {
    Instant now = now();
    Catalog sold = catalog.get();
    AccountUsage usage = store.read(account, now);
    // The most frequent question of all, so its answer is computed in advance.
    Decision flag = usage.grants().isEmpty() && usage.staleSince().isEmpty()
        ? flagsOf(sold, usage, now).get(feature)
        : null;
    if (flag != null) {
      return flag;
    }
    EntitlementEvaluation standing = new EntitlementEvaluation(sold, usage, now);
    return standing.decide(feature, known(standing, feature));
  }

  /**
   * Why the account may or may not use a feature now. It comes from where {@link #check} looks, so
   * it costs no further query, and none at all while the account is cached.
   *
   * @throws NotFound if no plan of the catalog has such a feature
   */
  public Explanation explain(AccountId account, String feature) {
    EntitlementEvaluation standing = standing(account, now());
    return standing.explain(account, feature, known(standing, feature));
  }

  /**
   * What accounts might do at an instant that has passed.
   *
   * @param instant by the billing clock; the present one gives today's answers
   * @throws ValidationFailed if it lies ahead
   */
  public PastEntitlements at(Instant instant) {
    Instant now = now();
    Instant at = TimeBounds.require("at", instant).truncatedTo(ChronoUnit.MICROS);
    if (at.isAfter(now)) {
      throw ValidationFailed.of("at", "must not lie ahead of now, which is " + now);
    }
    return new PastEntitlements(store, catalog.get(), at, now);
  }

  private Map<String, Decision> flagsOf(Catalog sold, AccountUsage usage, Instant now) {
    Flags known = flags;
    if (!known.isBy(sold)) {
      known = Flags.of(sold);
      flags = known;
    }
    Flags answers = known;
    return usage
        .entitlement()
        .flatMap(entitlement -> entitlement.sourceAt(now))
        .map(source -> answers.byTier().get(source.tier()))
        .orElse(answers.byDefault());
  }

  /**
   * Uses units of a feature, all of them or none: included and granted ones while there are as many,
   * and beyond them those that the plan sells. A flag that is on grants any use, and counts nothing.
   *
   * @throws NotFound if no plan of the catalog has such a feature
   * @throws ValidationFailed if the feature has a highest price and none is given
   * @throws Conflict {@code idempotency_key_reused}
   */
  public ConsumeResult consume(AccountId account, Use use) {
    return catalog.pinned(() -> consumed(account, use));
  }

  private ConsumeResult consumed(AccountId account, Use use) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Instant now = now();
      EntitlementEvaluation standing = any(account, use, now);
      Feature feature = known(standing, use.feature());
      if (feature instanceof Feature.Flag) {
        Decision decision = usable(standing.decide(use.feature(), feature));
        return decision.allowed()
            ? new ConsumeResult.Granted(Optional.empty(), Optional.empty(), false)
            : new ConsumeResult.Denied(decision);
      }
      priceMistake(feature, use).ifPresent(mistake -> {
        throw mistake;
      });
      DebitResult result = debits.write(debit(account, use, standing, feature, now));
      if (result instanceof DebitResult.Granted granted) {
        return granted(granted, use);
      } else if (result instanceof DebitResult.KeyReused) {
        throw Conflict.idempotencyKeyReused();
      } else if (result instanceof DebitResult.Denied) {
        return new ConsumeResult.Denied(denied(account, use));
      }
    }
    throw changing(account);
  }

  private static Decision usable(Decision decision) {
    if (decision.staleSince().isPresent()) {
      throw new StoreUnavailable("The database is down: nothing can be used, only asked about.");
    }
    return decision;
  }

  /**
   * The wish to use units, for a store that writes it together with something else. It may be by what
   * was read some time ago, which the store finds stale.
   *
   * @return empty where nothing is counted
   * @throws LimitReached if a flag is off
   * @throws NotFound if no plan of the catalog has such a feature
   * @throws ValidationFailed if the feature has a highest price and none is given
   */
  public Optional<UsageDebit> debit(AccountId account, Use use) {
    Instant now = now();
    EntitlementEvaluation standing = any(account, use, now);
    Feature feature = known(standing, use.feature());
    if (feature instanceof Feature.Flag) {
      Decision decision = usable(standing.decide(use.feature(), feature));
      if (!decision.allowed()) {
        throw decision.refusal();
      }
      return Optional.empty();
    }
    priceMistake(feature, use).ifPresent(mistake -> {
      throw mistake;
    });
    return Optional.of(debit(account, use, standing, feature, now));
  }

  /** What an account is told whose {@link #debit} was denied. */
  public LimitReached refusal(AccountId account, Use use) {
    return denied(account, use).refusal();
  }

  /**
   * As {@link #consume}, without blocking the caller's thread: for a cached account it waits for its
   * group commit and for nothing else.
   *
   * @param mayBlock does what has to be read first, or once more, in the time that the caller has
   *     for all of it
   * @return its result, or the failure that {@link #consume} throws; completed by the thread that
   *     wrote it, which must not be kept
   */
  public CompletableFuture<ConsumeResult> consumeAsync(
      AccountId account, Use use, Executor mayBlock) {
    Executor inTime = WorkContext.carrying(mayBlock);
    return catalog.pinned(() -> {
      Instant now = now();
      Supplier<ConsumeResult> blocking = catalog.carried(() -> consumed(account, use));
      Optional<UsageDebit> debit = cached
          .any(account, now)
          .map(reading -> new EntitlementEvaluation(catalog.get(), reading.usage(), now))
          .flatMap(standing ->
              drawable(standing, use).map(feature -> debit(account, use, standing, feature, now)));
      if (debit.isEmpty()) {
        return CompletableFuture.supplyAsync(blocking, inTime);
      }
      Supplier<ConsumeResult> denied =
          catalog.carried(() -> new ConsumeResult.Denied(denied(account, use)));
      return debits.submit(debit.get()).thenCompose(result -> {
        if (result instanceof DebitResult.Granted granted) {
          return CompletableFuture.completedFuture(granted(granted, use));
        } else if (result instanceof DebitResult.KeyReused) {
          return CompletableFuture.failedFuture(Conflict.idempotencyKeyReused());
        }
        return CompletableFuture.supplyAsync(
            result instanceof DebitResult.Denied ? denied : blocking, inTime);
      });
    });
  }

  private static ConsumeResult granted(DebitResult.Granted granted, Use use) {
    return new ConsumeResult.Granted(
        Optional.of(granted.consumption()), charge(granted.consumption(), use), granted.again());
  }

  /**
   * What was consumed, so that a program can honour what was consumed elsewhere.
   *
   * @throws NotFound if the account has no such consumption of the feature
   */
  public Consumption consumption(AccountId account, String feature, String consumptionId) {
    // What a sale took is shown with the sale.
    return Optional.of(consumptionId)
        .filter(id -> !id.startsWith(ReservationStore.PREFIX))
        .flatMap(id -> store.find(account, feature, id))
        .orElseThrow(() -> new NotFound("consumption", consumptionId));
  }

  /**
   * Gives units back to where they were taken from. A second time it changes nothing.
   *
   * @return what the account has of the feature now
   * @throws NotFound if the account has no such consumption of the feature
   */
  public Decision release(AccountId account, String feature, String consumptionId) {
    // What a sale took goes by what becomes of the sale.
    if (consumptionId.startsWith(ReservationStore.PREFIX)
        || store.release(account, feature, consumptionId, now()).isEmpty()) {
      throw new NotFound("consumption", consumptionId);
    }
    return check(account, feature);
  }

  /**
   * Writes down that units were used, also beyond the limit.
   *
   * @throws NotFound if no plan of the catalog has such a feature
   * @throws ValidationFailed if nothing is counted there, or the time is out of reach
   * @throws Conflict {@code idempotency_key_reused}
   */
  public RecordedUsage record(AccountId account, UsageReport report) {
    return catalog.pinned(() -> written(account, report));
  }

  private RecordedUsage written(AccountId account, UsageReport report) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Instant now = now();
      Instant at = report.occurredAt().map(then -> reachable(then, now)).orElse(now);
      EntitlementEvaluation standing = any(account, report, at);
      Feature feature = known(standing, report.feature());
      if (feature instanceof Feature.Flag) {
        throw ValidationFailed.of(
            "type", "'" + report.feature() + "' is on or off; nothing is counted there");
      }
      DebitResult result = debits.write(debit(account, report, standing, feature, at));
      if (result instanceof DebitResult.Granted granted) {
        return new RecordedUsage(granted.consumption(), granted.again());
      } else if (result instanceof DebitResult.KeyReused) {
        throw Conflict.idempotencyKeyReused();
      }
    }
    throw changing(account);
  }

  private static Instant reachable(Instant then, Instant now) {
    if (then.isAfter(now.plus(AHEAD)) || then.isBefore(now.minus(BEHIND))) {
      throw ValidationFailed.of(
          "occurredAt", "must lie within the last " + BEHIND.toDays() + " days");
    }
    return then.isAfter(now) ? now : then;
  }

  /**
   * Makes the level of a gauge this, also above its ceiling: it is what was measured.
   *
   * @throws NotFound if no plan of the catalog has such a feature
   * @throws ValidationFailed if it is no gauge, or the value is negative
   */
  public Decision set(AccountId account, String feature, long value) {
    return catalog.pinned(() -> measured(account, feature, value));
  }

  private Decision measured(AccountId account, String feature, long value) {
    boolean gauge = catalog.get().plans().stream()
        .anyMatch(plan -> plan.features().get(feature) instanceof Feature.Gauge);
    known(standing(account, now()), feature);
    if (!gauge) {
      throw ValidationFailed.of("feature", "'" + feature + "' is no gauge; consume it instead");
    }
    if (value < 0 || value > Use.MAX_UNITS) {
      throw ValidationFailed.of("value", "must be a whole number from 0 to " + Use.MAX_UNITS);
    }
    store.set(account, feature, value, now());
    return check(account, feature);
  }

  /** How many questions were answered by what was last read, since the store was down. */
  public long staleAnswers() {
    return cached.staleAnswers();
  }

  /** What was used, window by window, one page as {@link UsageStore#list}. */
  public List<UsageRow> history(
      AccountId account, Optional<String> feature, Optional<UsageRow> after, int limit) {
    return store.list(account, feature, after, limit);
  }

  private UsageDebit debit(
      AccountId account,
      UsageReport report,
      EntitlementEvaluation standing,
      Feature feature,
      Instant at) {
    String id = nextId();
    return new UsageDebit(
        id,
        account,
        report.feature(),
        report.key().orElse(id),
        report.fingerprint(),
        standing.version(),
        standing.plan().tier(),
        standing.period(feature),
        standing.offers(report.feature(), feature, Optional.empty()),
        report.amount(),
        at,
        true,
        report.metadata());
  }

  private UsageDebit debit(
      AccountId account, Use use, EntitlementEvaluation standing, Feature feature, Instant now) {
    String id = nextId();
    return new UsageDebit(
        id,
        account,
        use.feature(),
        use.key().orElse(id),
        use.fingerprint(),
        standing.version(),
        standing.plan().tier(),
        standing.period(feature),
        standing.offers(use.feature(), feature, use.itemPrice()),
        use.amount(),
        now,
        false,
        Map.of());
  }

  private String nextId() {
    HexFormat hex = HexFormat.of();
    return PREFIX + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }

  /** The failure of a caller who finds an account changed again and again. */
  public static StoreUnavailable changing(AccountId account) {
    return new StoreUnavailable("The entitlement of " + account.value() + " changes all the time.");
  }

  private static Optional<ValidationFailed> priceMistake(Feature feature, Use use) {
    return feature instanceof Feature.Counter counter
        ? counter.maxItemPrice().flatMap(most -> priceMistake(use.itemPrice(), most))
        : Optional.empty();
  }

  private static Optional<ValidationFailed> priceMistake(Optional<Money> price, Amounts most) {
    if (price.isEmpty()) {
      return Optional.of(
          ValidationFailed.of("itemPrice", "is required: what is included depends on the price"));
    }
    return most.in(price.get().currency()).isPresent()
        ? Optional.empty()
        : Optional.of(ValidationFailed.of(
            "itemPrice.currency", "must be " + String.join(" or ", most.currencies())));
  }

  private static Optional<Charge> charge(Consumption consumption, Use use) {
    return consumption.discountPercent().map(percent -> {
      Money one = use.itemPrice().orElseThrow().lessPercent(percent);
      return new Charge(
          new Money(Math.multiplyExact(one.amount(), consumption.amount()), one.currency()),
          percent);
    });
  }

  // As it stands after the refusal: what was loaded before it may have said that there was enough.
  private Decision denied(AccountId account, Use use) {
    EntitlementEvaluation standing = standing(account, now());
    return standing.refuse(use.feature(), known(standing, use.feature()), use.amount());
  }

  private EntitlementEvaluation standing(AccountId account, Instant now) {
    return new EntitlementEvaluation(catalog.get(), store.read(account, now), now);
  }

  // What is recalled may be of another time: the store tells if a draw is, but only of a draw.
  private EntitlementEvaluation any(AccountId account, Use use, Instant now) {
    EntitlementEvaluation recalled = recalled(account, now);
    return drawable(recalled, use).isPresent() ? recalled : standing(account, now);
  }

  private static Optional<Feature> drawable(EntitlementEvaluation standing, Use use) {
    return standing
        .feature(use.feature())
        .filter(feature -> counted(feature) && priceMistake(feature, use).isEmpty());
  }

  private EntitlementEvaluation any(AccountId account, UsageReport report, Instant at) {
    EntitlementEvaluation recalled = recalled(account, at);
    return recalled.feature(report.feature()).filter(Entitlements::counted).isPresent()
        ? recalled
        : standing(account, at);
  }

  private EntitlementEvaluation recalled(AccountId account, Instant now) {
    return new EntitlementEvaluation(catalog.get(), store.recall(account, now), now);
  }

  private static boolean counted(Feature feature) {
    return !(feature instanceof Feature.Flag);
  }

  private static Feature known(EntitlementEvaluation standing, String feature) {
    return standing.feature(feature).orElseThrow(() -> new NotFound("feature", feature));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
