package com.tatame.billing.scenario;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.DURATION;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.EntitlementCandidate.OfSubscription;
import com.tatame.billing.entitlement.EntitlementReport;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Explanation;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions are answered from memory, for a second; what is done here is seen at once. */
class EntitlementCacheTest {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final int MIN_BATCH = 24;
  private static final List<AccountId> ACCOUNTS =
      IntStream.range(0, MIN_BATCH).mapToObj(i -> new AccountId("user_" + i)).toList();

  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger debits = new AtomicInteger();
  private final AtomicInteger confirmations = new AtomicInteger();
  private volatile boolean confirmable = true;
  private volatile Runnable afterRead = () -> {};
  private volatile Runnable beforeConfirmation = () -> {};
  private volatile Runnable beforeDebit = () -> {};
  private final InMemoryBillingStore memory = new InMemoryBillingStore();
  private final BillingWorld world =
      BillingWorld.builder().catalog(catalog()).store(counting(memory)).build();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void whoAsksAgainCostsNoQuery() {
    assertThat(world.billing().entitlements().check(ADA, "export").allowed()).isFalse();
    world.billing().entitlements().check(ADA, "export");
    world.billing().entitlements().of(ADA);

    assertThat(reads.get()).isEqualTo(1);
  }

  @Test
  void whoAsksWhyCostsNoQueryEither() {
    Shopper.named("ada", world).buys("pro", Shopper.PAYS);
    world.billing().entitlements().check(ADA, "export");
    int before = reads.get();

    Explanation why = world.billing().entitlements().explain(ADA, "export");

    assertThat(reads.get()).isEqualTo(before);
    assertThat(why.decision().allowed()).isTrue();
    assertThat(((OfSubscription) why.grounds().get(0)).evidence()).isPresent();
  }

  @Test
  void cachedReportEqualsTheAnswerAndCostsNoQuery() {
    Entitlements entitlements = world.billing().entitlements();
    assertThat(entitlements.cached(ADA)).isEmpty();
    assertThat(reads.get()).isZero();

    EntitlementReport answered = entitlements.of(ADA);
    assertThat(entitlements.cached(ADA)).contains(answered);
    assertThat(reads.get()).isEqualTo(1);

    world.wallClock().advance(Duration.ofSeconds(1));
    assertThat(entitlements.cached(ADA)).isEmpty();
  }

  @Test
  void consumptionEvictsTheAccount() {
    Entitlements entitlements = world.billing().entitlements();
    Shopper.named("ada", world).buys("pro", Shopper.PAYS);
    entitlements.of(ADA);
    assertThat(entitlements.cached(ADA)).isPresent();

    entitlements.consume(ADA, new Use("quiz", 1, Optional.empty(), Optional.empty()));

    assertThat(entitlements.cached(ADA)).isEmpty();
  }

  @Test
  void whileManyEntriesAreDueTheCacheIsNotUsedSoThatOneCallerRevalidates() {
    Entitlements entitlements = world.billing().entitlements();
    ACCOUNTS.forEach(entitlements::of);
    world.wallClock().advance(Duration.ofMillis(600));

    assertThat(entitlements.cached(ACCOUNTS.get(0))).isEmpty();
    entitlements.of(ACCOUNTS.get(0));

    assertThat(confirmations.get()).isEqualTo(1);
    assertThat(entitlements.cached(ACCOUNTS.get(0))).isPresent();
    assertThat(reads.get()).isEqualTo(MIN_BATCH);
  }

  @Test
  void whileOneCallerRevalidatesOthersAreAnsweredFromTheCache() throws Exception {
    Entitlements entitlements = world.billing().entitlements();
    ACCOUNTS.forEach(entitlements::of);
    world.wallClock().advance(Duration.ofMillis(600));
    for (int i = MIN_BATCH; i < 2 * MIN_BATCH; i++) {
      entitlements.of(new AccountId("user_" + i));
    }
    CountDownLatch asks = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(1);
    beforeConfirmation = () -> {
      asks.countDown();
      await(others);
    };
    CompletableFuture<EntitlementReport> asked =
        CompletableFuture.supplyAsync(() -> entitlements.of(ACCOUNTS.get(0)));
    await(asks);

    assertThat(entitlements.cached(ACCOUNTS.get(1)))
        .contains(new Entitlements(memory.usage(), catalog(), world.engine()::now, new Random(1))
            .of(ACCOUNTS.get(1)));

    others.countDown();
    asked.get(20, SECONDS);
    assertThat(reads.get()).isEqualTo(2 * MIN_BATCH);
  }

  @Test
  void whatStaysAsItIsIsToldAsTheSameReportUntilSomethingEnds() {
    Entitlements entitlements = world.billing().entitlements();
    entitlements.of(ADA);
    EntitlementReport first = entitlements.cached(ADA).orElseThrow();
    assertThat(entitlements.cached(ADA)).get().isSameAs(first);

    world.engine().advanceTo(world.engine().now().plus(Duration.ofDays(40)));

    assertThat(entitlements.cached(ADA)).contains(entitlements.of(ADA));
    assertThat(entitlements.cached(ADA)).get().isNotEqualTo(first);
  }

  @Test
  void itIsReadAnewWhenTheSecondIsOver() {
    world.billing().entitlements().check(ADA, "export");
    world.wallClock().advance(Duration.ofMillis(999));
    world.billing().entitlements().check(ADA, "export");
    assertThat(reads.get()).isEqualTo(1);

    world.wallClock().advance(Duration.ofMillis(1));
    world.billing().entitlements().check(ADA, "export");

    assertThat(reads.get()).isEqualTo(2);
  }

  @Test
  void aClockThatIsPutBackMakesNothingLastLonger() {
    world.billing().entitlements().check(ADA, "export");
    world.wallClock().advance(Duration.ofHours(-1));
    world.billing().entitlements().check(ADA, "export");

    assertThat(reads.get()).isEqualTo(2);
  }

  @Test
  void changesByEventsAreSeenAtOnce() {
    Shopper ada = Shopper.named("ada", world);
    assertThat(world.billing().entitlements().check(ADA, "export").allowed()).isFalse();

    ada.buys("pro", Shopper.PAYS);

    assertThat(world.billing().entitlements().check(ADA, "export").allowed()).isTrue();
  }

  @Test
  void changesByEventsProjectedOnIngestAreSeenAtOnce() {
    try (BillingWorld applying =
        BillingWorld.builder().catalog(catalog()).projectOnArrival(true).build()) {
      Shopper ada = Shopper.named("ada", applying);
      assertThat(applying.billing().entitlements().check(ADA, "export").allowed())
          .isFalse();

      ada.buys("pro", Shopper.PAYS);

      assertThat(applying.billing().entitlements().check(ADA, "export").allowed())
          .isTrue();
    }
  }

  @Test
  void consumptionAndReleaseOnThisNodeAreSeenAtOnce() {
    assertThat(left()).isEqualTo(3);

    String id = consumption(world.billing().entitlements().consume(ADA, quizzes(2)));
    assertThat(left()).isEqualTo(1);

    world.billing().entitlements().release(ADA, "quiz", id);
    assertThat(left()).isEqualTo(3);
  }

  @Test
  void whoUsesOneAfterTheOtherCostsNoQueryAndIsToldTheTruth() {
    assertThat(world.billing().entitlements().consume(ADA, quizzes(1)))
        .isInstanceOf(ConsumeResult.Granted.class);
    assertThat(world.billing().entitlements().consume(ADA, quizzes(1)))
        .isInstanceOf(ConsumeResult.Granted.class);
    assertThat(reads.get()).isEqualTo(1);

    assertThat(left()).isEqualTo(1);
    assertThat(reads.get()).isEqualTo(2);
  }

  @Test
  void whoUsesAgainAfterALongTimeCostsNoQueryEither() {
    world.billing().entitlements().consume(ADA, quizzes(1));
    world.wallClock().advance(Duration.ofHours(5));

    assertThat(world.billing().entitlements().consume(ADA, quizzes(1)))
        .isInstanceOf(ConsumeResult.Granted.class);
    assertThat(reads.get()).isEqualTo(1);
  }

  @Test
  void cachedAccountConsumesWithoutABlockingThread() {
    world.billing().entitlements().consume(ADA, quizzes(1));

    ConsumeResult used = usedAsync(quizzes(1), work -> {
      throw new AssertionError("nothing has to be read");
    });

    assertThat(((ConsumeResult.Granted) used).consumption().orElseThrow().remaining())
        .contains(1L);
    assertThat(reads.get()).isEqualTo(1);
  }

  @Test
  void whatMustBeReadIsReadByAThreadThatMayBlock() throws Exception {
    assertThat(usedAsync(quizzes(1), Runnable::run)).isInstanceOf(ConsumeResult.Granted.class);
    assertThat(reads.get()).isEqualTo(1);

    BlockingQueue<Runnable> handedOver = new LinkedBlockingQueue<>();
    CompletableFuture<ConsumeResult> denied =
        world.billing().entitlements().consumeAsync(ADA, quizzes(3), handedOver::add);
    Runnable read = handedOver.poll(20, SECONDS);
    assertThat(read).isNotNull();
    assertThat(denied).isNotDone();
    read.run();

    assertThat(((ConsumeResult.Denied) denied.join())
            .decision()
            .allowance()
            .orElseThrow()
            .remaining())
        .contains(2L);
    assertThat(debits.get()).as("a refusal is counted once").isEqualTo(2);
  }

  @Test
  void saleOnAnotherNodeIsUsableAtOnceWithoutABlockingThread() {
    AccountId bob = new AccountId("user_bob");
    try (Billing elsewhere = world.program(world.store(), world.gateway())) {
      elsewhere.entitlements().check(bob, "quiz");
      Shopper.named("bob", world).buys("pro", Shopper.PAYS);

      assertThat(elsewhere
              .entitlements()
              .consumeAsync(bob, quizzes(4), Runnable::run)
              .join())
          .isInstanceOf(ConsumeResult.Granted.class);
    }
  }

  @Test
  void aKeyThatWasUsedForSomethingElseFailsWithoutKeepingAThread() {
    Use one = new Use("quiz", 1, Optional.empty(), Optional.of("key"));
    Use two = new Use("quiz", 2, Optional.empty(), Optional.of("key"));
    world.billing().entitlements().consume(ADA, one);

    assertThat(usedAsync(one, Runnable::run))
        .isInstanceOfSatisfying(
            ConsumeResult.Granted.class, again -> assertThat(again.again()).isTrue());
    assertThatThrownBy(() -> usedAsync(two, Runnable::run)).hasCauseInstanceOf(Conflict.class);
  }

  @Test
  void aFlagIsUsedWithoutKeepingAThread() {
    Shopper.named("ada", world).buys("pro", Shopper.PAYS);
    Use export = new Use("export", 1, Optional.empty(), Optional.empty());

    assertThat(usedAsync(export, Runnable::run)).isInstanceOf(ConsumeResult.Granted.class);
    assertThat(usedAsync(export, Runnable::run)).isInstanceOf(ConsumeResult.Granted.class);
  }

  @Test
  void consumptionThatMustReadFirstHasOneTimeForBoth() {
    Duration limit = Workload.CONSUMPTION.limit();
    Duration reading = limit.dividedBy(4);
    AtomicLong nanoTime = new AtomicLong();
    afterRead = () -> nanoTime.addAndGet(reading.toNanos());
    List<Duration> left = new ArrayList<>();
    beforeDebit = () -> WorkContext.current().map(WorkContext::remaining).ifPresent(left::add);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      ConsumeResult used = WorkContext.within(
              limit,
              Workload.CONSUMPTION,
              nanoTime::get,
              () -> world.billing().entitlements().consumeAsync(ADA, quizzes(1), threads))
          .join();

      assertThat(used).isInstanceOf(ConsumeResult.Granted.class);
      assertThat(left).singleElement(DURATION).isLessThanOrEqualTo(limit.minus(reading));
    } finally {
      threads.shutdownNow();
    }
  }

  private ConsumeResult usedAsync(Use use, Executor mayBlock) {
    return world.billing().entitlements().consumeAsync(ADA, use, mayBlock).join();
  }

  @Test
  void aFlagIsUsedByWhatWasReadWithinTheSecond() {
    AccountId bob = new AccountId("user_bob");
    Use export = new Use("export", 1, Optional.empty(), Optional.empty());
    try (Billing elsewhere = world.program(world.store(), world.gateway())) {
      assertThat(elsewhere.entitlements().consume(bob, export))
          .isInstanceOf(ConsumeResult.Denied.class);
      Shopper.named("bob", world).buys("pro", Shopper.PAYS);

      world.wallClock().advance(Duration.ofSeconds(1));

      assertThat(elsewhere.entitlements().consume(bob, export))
          .isInstanceOf(ConsumeResult.Granted.class);
    }
  }

  @Test
  void saleOnAnotherNodeIsUsableAtOnceThoughItIsNotCachedHere() {
    AccountId bob = new AccountId("user_bob");
    try (Billing elsewhere = world.program(world.store(), world.gateway())) {
      assertThat(elsewhere.entitlements().check(bob, "export").allowed()).isFalse();
      assertThat(elsewhere.entitlements().consume(bob, quizzes(4)))
          .isInstanceOf(ConsumeResult.Denied.class);
      elsewhere.entitlements().check(bob, "quiz");
      Shopper.named("bob", world).buys("pro", Shopper.PAYS);

      assertThat(elsewhere.entitlements().check(bob, "export").allowed()).isFalse();
      assertThat(elsewhere.entitlements().consume(bob, quizzes(4)))
          .isInstanceOf(ConsumeResult.Granted.class);
      assertThat(elsewhere.entitlements().check(bob, "export").allowed()).isTrue();
    }
  }

  @Test
  void whatAnotherNodeChangesIsSeenWithinASecondAndNeverUsedTwice() {
    try (Billing other = world.program(world.store(), world.gateway())) {
      assertThat(left()).isEqualTo(3);
      other.entitlements().consume(ADA, quizzes(3));

      assertThat(world.billing().entitlements().consume(ADA, quizzes(1)))
          .isInstanceOf(ConsumeResult.Denied.class);

      world.wallClock().advance(Duration.ofSeconds(1));
      assertThat(left()).isZero();
    }
  }

  @Test
  void ofManyWhoAreAskedAboutOneQueryTellsThatNothingChanged() {
    ACCOUNTS.forEach(this::left);
    assertThat(reads.get()).isEqualTo(MIN_BATCH);

    for (int i = 0; i < 20; i++) {
      world.wallClock().advance(Duration.ofMillis(600));
      ACCOUNTS.forEach(account -> assertThat(left(account)).isEqualTo(3));
    }

    assertThat(reads.get()).isEqualTo(MIN_BATCH);
    assertThat(confirmations.get()).isEqualTo(20);
  }

  @Test
  void ofManyOnlyWhoChangedElsewhereIsReadAnew() {
    AccountId changed = ACCOUNTS.get(5);
    try (Billing other = world.program(memory, world.gateway())) {
      ACCOUNTS.forEach(this::left);
      world.wallClock().advance(Duration.ofMillis(600));
      other.entitlements().consume(changed, quizzes(2));
      left(ACCOUNTS.get(0));
      reads.set(0);

      world.wallClock().advance(Duration.ofMillis(600));

      ACCOUNTS.forEach(
          account -> assertThat(left(account)).isEqualTo(account.equals(changed) ? 1 : 3));
      assertThat(reads.get()).isEqualTo(1);
    }
  }

  @Test
  void whoIsNotAskedAboutForLongIsNotConfirmed() {
    ACCOUNTS.forEach(this::left);
    for (int i = 0; i < 11; i++) {
      world.wallClock().advance(Duration.ofSeconds(1));
      left(ADA);
    }
    reads.set(0);

    world.wallClock().advance(Duration.ofMillis(600));
    ACCOUNTS.forEach(this::left);

    assertThat(reads.get()).isEqualTo(MIN_BATCH);
  }

  @Test
  void whoCantBeConfirmedIsReadAnewWhenTheSecondIsOver() {
    ACCOUNTS.forEach(this::left);
    confirmable = false;
    reads.set(0);

    world.wallClock().advance(Duration.ofMillis(600));
    assertThat(left(ACCOUNTS.get(0))).isEqualTo(3);
    assertThat(reads.get()).isZero();
    world.wallClock().advance(Duration.ofMillis(600));
    assertThat(left(ACCOUNTS.get(0))).isEqualTo(3);

    assertThat(reads.get()).isEqualTo(1);
  }

  /** Two programs use, give back and ask at random; what was true within the second is answered. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void noAnswerIsOlderThanASecondAndNoneOfOnesOwnIsOldAtAll(long seed) {
    Random random = new Random(seed);
    try (Billing other = world.program(memory, world.gateway())) {
      List<Billing> programs = List.of(world.billing(), other);
      Map<AccountId, List<Balance>> truth = new HashMap<>();
      Instant begin = world.wallClock().instant();
      for (int step = 0; step < 3_000; step++) {
        world.wallClock().advance(Duration.ofMillis(random.nextInt(25)));
        Instant now = world.wallClock().instant();
        AccountId account = ACCOUNTS.get(random.nextInt(MIN_BATCH));
        int by = random.nextInt(2);
        List<Balance> past = truth.computeIfAbsent(
            account, each -> new ArrayList<>(List.of(new Balance(begin, -1, 3))));
        if (random.nextInt(12) > 0) {
          long answer = left(programs.get(by), account);
          assertThat(IntStream.range(0, past.size())
                  .filter(i -> possible(past.subList(i + 1, past.size()), by, now))
                  .mapToObj(i -> past.get(i).left()))
              .as("seed %d, step %d", seed, step)
              .contains(answer);
        } else {
          long left = past.get(past.size() - 1).left();
          Use use = quizzes(1);
          if (programs.get(by).entitlements().consume(account, use)
              instanceof ConsumeResult.Granted one) {
            assertThat(left).isPositive();
            past.add(new Balance(now, by, left - 1));
            if (random.nextBoolean()) {
              String id = one.consumption().orElseThrow().id();
              programs.get(1 - by).entitlements().release(account, "quiz", id);
              past.add(new Balance(now, 1 - by, left));
            }
          } else {
            assertThat(left).isZero();
          }
        }
      }
    }
  }

  /** What was left from an instant on, because of what one of the programs did. */
  private record Balance(Instant since, int by, long left) {}

  /** Whether something is answered that was true within the second, and is so for all the asker did. */
  private static boolean possible(List<Balance> later, int asker, Instant now) {
    return later.stream().noneMatch(next -> next.by() == asker)
        && (later.isEmpty() || later.get(0).since().isAfter(now.minusSeconds(1)));
  }

  @Test
  void changeDuringAReadIsNotCachedAsItWas() throws Exception {
    String id = consumption(world.billing().entitlements().consume(ADA, quizzes(2)));
    CountDownLatch read = new CountDownLatch(1);
    CountDownLatch changed = new CountDownLatch(1);
    afterRead = () -> {
      afterRead = () -> {};
      read.countDown();
      await(changed);
    };
    CompletableFuture<Long> asked = CompletableFuture.supplyAsync(this::left);
    await(read);
    CompletableFuture<Void> givenBack =
        CompletableFuture.runAsync(() -> world.billing().entitlements().release(ADA, "quiz", id));
    while (memory.usage().read(ADA, world.engine().now()).open().stream()
        .anyMatch(row -> row.used().included() > 0)) {
      Thread.onSpinWait();
    }
    changed.countDown();

    assertThat(asked.get(20, SECONDS)).isEqualTo(1);
    givenBack.get(20, SECONDS);
    assertThat(left()).isEqualTo(3);
  }

  private static String consumption(ConsumeResult used) {
    return ((ConsumeResult.Granted) used).consumption().orElseThrow().id();
  }

  private static Use quizzes(long amount) {
    return new Use("quiz", amount, Optional.empty(), Optional.empty());
  }

  private long left() {
    return left(ADA);
  }

  private long left(AccountId account) {
    return left(world.billing(), account);
  }

  private static long left(Billing program, AccountId account) {
    return program
        .entitlements()
        .check(account, "quiz")
        .allowance()
        .orElseThrow()
        .remaining()
        .orElseThrow();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Catalog catalog() {
    Window month = new Window(Window.Kind.CALENDAR_MONTH, ZoneOffset.UTC);
    Plan free = plan("free", 0, Map.of("quiz", new Feature.Counter(3, month)));
    Catalog shop = ACatalog.freeBasicAndPro();
    Plan sold = shop.plan("pro").orElseThrow();
    Plan pro = new Plan(
        "pro",
        "pro",
        "pro",
        "plan",
        2,
        true,
        0,
        sold.prices(),
        Map.of("export", new Feature.Flag(true), "quiz", new Feature.Counter(10, month)));
    return new Catalog(List.of(free, pro), "free", Catalog.DEFAULT_GRACE);
  }

  private static Plan plan(String tier, int rank, Map<String, Feature> features) {
    return new Plan(tier, tier, tier, "plan", rank, false, 0, Map.of(), features);
  }

  private BillingStore counting(BillingStore store) {
    UsageStore usage = (UsageStore) Proxy.newProxyInstance(
        UsageStore.class.getClassLoader(),
        new Class<?>[] {UsageStore.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("consume")) {
            debits.addAndGet(((List<?>) arguments[0]).size());
            beforeDebit.run();
          }
          if (method.getName().equals("states")) {
            confirmations.incrementAndGet();
            beforeConfirmation.run();
            if (!confirmable) {
              throw new StoreUnavailable("not now");
            }
          }
          try {
            Object answer = method.invoke(store.usage(), arguments);
            if (method.getName().equals("read")) {
              reads.incrementAndGet();
              afterRead.run();
            }
            return answer;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
    return (BillingStore) Proxy.newProxyInstance(
        BillingStore.class.getClassLoader(),
        new Class<?>[] {BillingStore.class},
        (proxy, method, arguments) ->
            method.getName().equals("usage") ? usage : method.invoke(store, arguments));
  }
}
