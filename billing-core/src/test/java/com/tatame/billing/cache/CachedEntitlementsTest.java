package com.tatame.billing.cache;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.EntitlementSnapshot;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CachedEntitlementsTest {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final AccountId BOB = new AccountId("user_bob");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration TTL = Duration.ofSeconds(1);
  private static final Duration MAX_STALE = Duration.ofMinutes(10);

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final Database database = new Database();
  private Instant now = START;
  private boolean down;
  private final CachedEntitlements cache =
      new CachedEntitlements(TTL, MAX_STALE, () -> down, () -> now);
  private final UsageStore store = cache.over(database);

  @AfterEach
  void stop() {
    database.open();
    callers.shutdownNow();
  }

  @Test
  void callersWhoAskMeanwhileShareOneRead() throws Exception {
    List<Future<AccountUsage>> asking = new ArrayList<>();
    asking.add(callers.submit(() -> store.read(ADA, START)));
    database.entered.acquireUninterruptibly();
    CountDownLatch asked = new CountDownLatch(10);
    for (int i = 0; i < 10; i++) {
      asking.add(callers.submit(() -> {
        asked.countDown();
        return store.read(ADA, START);
      }));
    }
    asked.await();

    database.open();

    for (Future<AccountUsage> caller : asking) {
      assertThat(caller.get(60, SECONDS).version()).isEqualTo("1");
    }
    assertThat(database.reads).hasValue(1);
  }

  @Test
  void readThatHangsHoldsUpNoOtherAccountAndNoEviction() throws Exception {
    Future<AccountUsage> hanging = callers.submit(() -> store.read(ADA, START));
    database.entered.acquireUninterruptibly();

    database.hangsFor = Optional.of(ADA);
    assertThat(store.read(BOB, START).version()).isEqualTo("2");
    cache.evict(ADA);
    assertThat(cache.fresh(ADA, START)).isEmpty();

    database.open();
    assertThat(hanging.get(60, SECONDS).version()).isEqualTo("1");
  }

  @Test
  void whatWasReadBeforeAnEvictionIsNotCached() throws Exception {
    Future<AccountUsage> reading = callers.submit(() -> store.read(ADA, START));
    database.entered.acquireUninterruptibly();

    cache.evict(ADA);
    database.open();
    reading.get(60, SECONDS);

    assertThat(cache.any(ADA, START)).isEmpty();
    assertThat(store.read(ADA, START).version()).isEqualTo("2");
  }

  @Test
  void whoAsksAfterAnEvictionDoesNotShareTheReadBeforeIt() throws Exception {
    Future<AccountUsage> before = callers.submit(() -> store.read(ADA, START));
    database.entered.acquireUninterruptibly();
    cache.evict(ADA);

    Future<AccountUsage> after = callers.submit(() -> store.read(ADA, START));
    database.entered.acquireUninterruptibly();
    database.open();

    assertThat(before.get(60, SECONDS).version())
        .isNotEqualTo(after.get(60, SECONDS).version());
    assertThat(database.reads).hasValue(2);
  }

  @Test
  void readThatFailedIsForgotten() {
    database.open();
    database.fails = true;
    assertThatThrownBy(() -> store.read(ADA, START)).isInstanceOf(StoreUnavailable.class);

    database.fails = false;

    assertThat(store.read(ADA, START).version()).isEqualTo("2");
  }

  @Test
  void nobodyWaitsForAnothersReadLongerThanItMay() throws Exception {
    Future<AccountUsage> hanging =
        callers.submit(() -> WorkContext.call(Workload.READS, () -> store.read(ADA, START)));
    database.entered.acquireUninterruptibly();

    assertThatThrownBy(() -> WorkContext.within(
            Duration.ofMillis(50), Workload.READS, System::nanoTime, () -> store.read(ADA, START)))
        .isInstanceOf(StoreUnavailable.class);

    database.open();
    hanging.get(60, SECONDS);
  }

  @Test
  void readOfOneWorkloadThatHangsHoldsUpNoOtherWorkload() throws Exception {
    database.hangsWithin = Optional.of(Workload.CONSUMPTION);
    Future<AccountUsage> hanging =
        callers.submit(() -> WorkContext.call(Workload.CONSUMPTION, () -> store.read(ADA, START)));
    database.entered.acquireUninterruptibly();

    Future<AccountUsage> asking =
        callers.submit(() -> WorkContext.call(Workload.ENTITLEMENTS, () -> store.read(ADA, START)));
    assertThat(asking.get(60, SECONDS).version()).isEqualTo("2");
    assertThat(cache.fresh(ADA, START)).isPresent();
    cache.evict(ADA);

    database.open();
    assertThat(hanging.get(60, SECONDS).version()).isEqualTo("1");
    assertThat(cache.fresh(ADA, START)).as("read before the eviction").isEmpty();
  }

  @Test
  void whileTheStoreIsDownTheLastReadingIsAnsweredAndMarked() {
    database.open();
    store.read(ADA, START);
    now = START.plusSeconds(30);
    goDown();

    assertThat(store.read(ADA, now).staleSince()).contains(START);
    assertThat(cache.fresh(ADA, now).map(EntitlementSnapshot::usage))
        .hasValueSatisfying(usage -> assertThat(usage.staleSince()).contains(START));
    assertThat(cache.staleAnswers()).isEqualTo(2);
    assertThatThrownBy(() -> store.read(BOB, now)).isInstanceOf(StoreUnavailable.class);

    comeBack();
    assertThat(store.read(ADA, now).staleSince()).isEmpty();
  }

  @Test
  void freshReadingIsNotMarked() {
    database.open();
    store.read(ADA, START);
    goDown();

    assertThat(store.read(ADA, START).staleSince()).isEmpty();
    assertThat(cache.staleAnswers()).isZero();
  }

  @Test
  void storeThatFailsWithoutBeingDownIsNotCoveredUp() {
    database.open();
    store.read(ADA, START);
    now = START.plusSeconds(30);
    database.fails = true;

    assertThatThrownBy(() -> store.read(ADA, now)).isInstanceOf(StoreUnavailable.class);
    assertThat(cache.fresh(ADA, now)).isEmpty();
  }

  @Test
  void readingTooOldIsNotAnswered() {
    database.open();
    store.read(ADA, START);
    goDown();

    now = START.plus(MAX_STALE).minusSeconds(1);
    assertThat(store.read(ADA, now).staleSince()).isPresent();
    now = START.plus(MAX_STALE);
    assertThatThrownBy(() -> store.read(ADA, now)).isInstanceOf(StoreUnavailable.class);
    assertThat(cache.fresh(ADA, now)).isEmpty();
  }

  @Test
  void nothingStaleIsAnsweredWhereThatIsOff() {
    CachedEntitlements strict = new CachedEntitlements(TTL, Duration.ZERO, () -> down, () -> now);
    UsageStore strictStore = strict.over(database);
    database.open();
    strictStore.read(ADA, START);
    now = START.plusSeconds(2);
    goDown();

    assertThatThrownBy(() -> strictStore.read(ADA, now)).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void staleReadingEndsWhenTheSubscriptionIsKnownToEnd() {
    Instant end = START.plusSeconds(60);
    database.open();
    database.recorded = Optional.of(new RecordedEntitlement(
        new AccountEntitlement(
            ADA,
            List.of(new AccountEntitlement.Source(
                "sub_1",
                "pro",
                SubscriptionStatus.ACTIVE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new AccountEntitlement.Particulars(
                    "price_1", Optional.empty(), Optional.of(end), false))))),
        START));
    assertThat(source(store.read(ADA, START), end)).isPresent();
    now = START.plusSeconds(30);
    goDown();

    AccountUsage stale = store.read(ADA, now);

    assertThat(source(stale, end.minusSeconds(1))).isPresent();
    assertThat(source(stale, end)).isEmpty();
  }

  @Test
  void useThatFailedLeavesWhatWasReadBefore() {
    database.open();
    store.read(ADA, START);
    now = START.plusSeconds(30);
    goDown();

    assertThatThrownBy(() -> store.set(ADA, "seats", 3, now)).isInstanceOf(StoreUnavailable.class);

    assertThat(store.read(ADA, now).staleSince()).contains(START);
  }

  private static Optional<AccountEntitlement.Source> source(AccountUsage usage, Instant at) {
    return usage.entitlement().flatMap(entitlement -> entitlement.sourceAt(at));
  }

  @Test
  void commitThatFailedLeavesWhatWasReadBefore() {
    List<Unit> units = List.of(new Unit(
        new SubjectId("cus_ada"),
        1,
        Optional.empty(),
        Set.of(),
        List.of(new Change.Entitle(
            new RecordedEntitlement(new AccountEntitlement(ADA, List.of()), START)))));
    database.open();
    store.read(ADA, START);

    cache.mayHaveCommitted(units);

    assertThat(cache.fresh(ADA, START)).as("the store may hold another one").isEmpty();
    goDown();
    assertThat(store.read(ADA, now).staleSince()).contains(START);

    comeBack();
    store.read(ADA, START);
    cache.mayHaveCommitted(units);
    cache.committed(units);
    goDown();
    assertThatThrownBy(() -> store.read(ADA, now)).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void changeThatFailedLeavesWhatWasReadBefore() {
    database.open();
    store.read(ADA, START);
    goDown();

    assertThatThrownBy(() -> cache.changing(ADA, () -> {
          throw new StoreUnavailable("down");
        }))
        .isInstanceOf(StoreUnavailable.class);
    assertThat(store.read(ADA, now).staleSince()).contains(START);

    assertThat(cache.changing(ADA, () -> "made")).isEqualTo("made");
    assertThatThrownBy(() -> store.read(ADA, now)).isInstanceOf(StoreUnavailable.class);
  }

  private void goDown() {
    down = true;
    database.fails = true;
  }

  private void comeBack() {
    down = false;
    database.fails = false;
  }

  /** Answers nothing before it is opened; each read has another version. */
  private static final class Database implements UsageStore {
    final Semaphore entered = new Semaphore(0);
    final CountDownLatch gate = new CountDownLatch(1);
    final AtomicInteger reads = new AtomicInteger();
    volatile Optional<AccountId> hangsFor = Optional.empty();
    volatile Optional<Workload> hangsWithin = Optional.empty();
    volatile Optional<RecordedEntitlement> recorded = Optional.empty();
    volatile boolean fails;

    void open() {
      gate.countDown();
    }

    @Override
    public AccountUsage read(AccountId account, Instant at) {
      int number = reads.incrementAndGet();
      entered.release();
      if (hangs(account)) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          throw new StoreUnavailable("interrupted", e);
        }
      }
      requireUp();
      return new AccountUsage(recorded, Integer.toString(number), List.of());
    }

    private boolean hangs(AccountId account) {
      return hangsFor.map(account::equals).orElse(true)
          && (hangsWithin.isEmpty()
              || hangsWithin.equals(WorkContext.current().map(WorkContext::workload)));
    }

    private void requireUp() {
      if (fails) {
        throw new StoreUnavailable("down");
      }
    }

    @Override
    public Map<AccountId, String> states(Set<AccountId> accounts, Instant at) {
      return Map.of();
    }

    @Override
    public void set(AccountId account, String feature, long value, Instant at) {
      requireUp();
    }

    @Override
    public PastUsage past(AccountId account, Instant at) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<DebitResult> consume(List<UsageDebit> debits) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Consumption> find(AccountId account, String feature, String consumptionId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Consumption> release(
        AccountId account, String feature, String consumptionId, Instant at) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<UsageRow> list(
        AccountId account, Optional<String> feature, Optional<UsageRow> after, int limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int prune(Instant before) {
      throw new UnsupportedOperationException();
    }
  }
}
