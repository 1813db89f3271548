package com.tatame.billing.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.StoreUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoveAwareFunctionsTest {
  private static final String WRITE = "consume_v1";
  private static final String READ = FencedStore.READ;

  private final FencedStore old = new FencedStore("old", "open");
  private final FencedStore fresh = new FencedStore("fresh", "standby");
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong(-50);
  private final List<Duration> pauses = new ArrayList<>();
  private Runnable whileWaiting = () -> {};

  private MoveAwareFunctions followed() {
    return followed(() -> fresh);
  }

  private MoveAwareFunctions followed(Supplier<SqlFunctions> target) {
    return new MoveAwareFunctions(
        old,
        () -> {
          opened.incrementAndGet();
          return target.get();
        },
        nanos::incrementAndGet,
        pause -> {
          pauses.add(pause);
          pass(pause);
          whileWaiting.run();
        });
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void switchOver() {
    old.become("frozen");
    fresh.become("open");
  }

  @AfterEach
  void neverInterrupted() {
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void theConfiguredStoreIsCalledWhileItIsOpenAndTheOtherIsNotEvenOpened() {
    MoveAwareFunctions functions = followed();

    assertThat(functions.call(WRITE, "a")).isEqualTo("\"old\"");
    pass(MoveAwareFunctions.LOOK_EVERY.multipliedBy(3));
    assertThat(functions.call(READ, "b")).isEqualTo("\"old\"");

    assertThat(old.executed()).containsExactly("a", "b");
    assertThat(opened).hasValue(0);
  }

  @Test
  void aRefusedCallIsRepeatedOnTheSideThatIsOpenAndAllThatFollowGoThere() {
    MoveAwareFunctions functions = followed();
    switchOver();

    assertThat(functions.call(WRITE, "a")).isEqualTo("\"fresh\"");
    int looks = old.looks() + fresh.looks();
    assertThat(functions.call(WRITE, "b")).isEqualTo("\"fresh\"");

    assertThat(old.executed()).isEmpty();
    assertThat(fresh.executed()).containsExactly("a", "b");
    assertThat(old.looks() + fresh.looks()).isEqualTo(looks);
    assertThat(opened).hasValue(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void aCallWithTextsFollowsToo() {
    MoveAwareFunctions functions = followed();
    switchOver();

    assertThat(functions.call(WRITE, "a", List.of("x"))).contains("\"fresh\"");
    assertThat(fresh.executed()).containsExactly("a[x]");
  }

  @Test
  void textsAreSentInTheDocumentWhereTheSideInUseTakesNoOthers() {
    old.takeDocumentsAlone();
    MoveAwareFunctions functions = followed();
    assertThat(functions.call(WRITE, "a", List.of("x"))).isEmpty();

    switchOver();
    pass(MoveAwareFunctions.LOOK_EVERY);
    assertThat(functions.call(WRITE, "a", List.of("x"))).contains("\"fresh\"");
  }

  @Test
  void aProgramThatStartsAfterTheSwitchReadsNothingFromTheOldSide() {
    switchOver();

    assertThat(followed().call(READ, "a")).isEqualTo("\"fresh\"");
    assertThat(old.executed()).isEmpty();
  }

  @Test
  void readsMoveWithinASecondOfTheSwitchWithoutAnyWrite() {
    MoveAwareFunctions functions = followed();
    switchOver();

    assertThat(functions.call(READ, "a")).isEqualTo("\"old\"");
    pass(MoveAwareFunctions.LOOK_EVERY);
    assertThat(functions.call(READ, "b")).isEqualTo("\"fresh\"");
  }

  @Test
  void theModeIsLookedAtOnceASecondAtMost() {
    MoveAwareFunctions functions = followed();

    for (int second = 1; second <= 3; second++) {
      for (int call = 0; call < 100; call++) {
        functions.call(READ, "a");
      }
      assertThat(old.looks()).isEqualTo(second);
      pass(MoveAwareFunctions.LOOK_EVERY);
    }
  }

  @Test
  void bothSidesServeReadsWhileNeitherIsOpen() {
    MoveAwareFunctions functions = followed();
    old.become("frozen");
    pass(MoveAwareFunctions.LOOK_EVERY);

    assertThat(functions.call(READ, "a")).isEqualTo("\"old\"");
    assertThat(pauses).isEmpty();
  }

  @Test
  void aRefusedCallWaitsForTheSwitch() {
    MoveAwareFunctions functions = followed();
    old.become("frozen");
    whileWaiting = () -> {
      if (pauses.size() == 3) {
        fresh.become("open");
      }
    };

    assertThat(functions.call(WRITE, "a")).isEqualTo("\"fresh\"");
    assertThat(pauses).hasSize(3).containsOnly(MoveAwareFunctions.BETWEEN_LOOKS);
    assertThat(fresh.executed()).containsExactly("a");
  }

  @Test
  void aRefusedCallGoesOnWhereItWasIfTheFreezeIsTakenBack() {
    MoveAwareFunctions functions = followed();
    old.become("frozen");
    whileWaiting = () -> old.become("open");

    assertThat(functions.call(WRITE, "a")).isEqualTo("\"old\"");
    assertThat(old.executed()).containsExactly("a");
  }

  @Test
  void callWaitsTwoSecondsThenFailsWithoutWriting() {
    MoveAwareFunctions functions = followed();
    old.become("frozen");

    assertThatThrownBy(() -> functions.call(WRITE, "a"))
        .isInstanceOfSatisfying(StoreUnavailable.class, e -> {
          assertThat(e.code()).isEqualTo("writes_paused");
          assertThat(e.retryable()).isTrue();
        })
        .hasMessage(
            "The store is being moved and takes no writes meanwhile. Try again in a moment.");

    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThanOrEqualTo(MoveAwareFunctions.MAX_WAIT);
    assertThat(old.executed()).isEmpty();
    assertThat(fresh.executed()).isEmpty();
  }

  @Test
  void aStoreThatRefusesAndSaysThatItIsOpenIsNotAskedForEver() {
    old.become("frozen");
    old.answerModeWith("{\"mode\":\"open\",\"recording\":false,\"move\":null}");

    assertThatThrownBy(() -> followed().call(WRITE, "a"))
        .isInstanceOfSatisfying(
            StoreUnavailable.class, e -> assertThat(e.code()).isEqualTo("writes_paused"));
  }

  @Test
  void aRollbackBringsCallsBackByWritesAndByReads() {
    MoveAwareFunctions functions = followed();
    switchOver();
    functions.call(WRITE, "a");

    fresh.become("frozen");
    old.become("open");
    assertThat(functions.call(WRITE, "b")).isEqualTo("\"old\"");

    switchOver();
    functions.call(WRITE, "c");
    fresh.become("frozen");
    old.become("open");
    pass(MoveAwareFunctions.LOOK_EVERY);
    assertThat(functions.call(READ, "d")).isEqualTo("\"old\"");
    assertThat(old.executed()).containsExactly("b", "d");
    assertThat(fresh.executed()).containsExactly("a", "c");
  }

  @Test
  void aSideThatCanNotBeReachedIsNeverLeft() {
    MoveAwareFunctions functions = followed();
    fresh.become("open");
    old.fail(new SqlFunctionFailed(Optional.empty(), Optional.empty(), null));
    pass(MoveAwareFunctions.LOOK_EVERY);

    assertThatThrownBy(() -> functions.call(WRITE, "a")).isInstanceOf(SqlFunctionFailed.class);
    assertThat(fresh.executed()).isEmpty();
    assertThat(opened).hasValue(0);
  }

  static Stream<Optional<String>> otherMoves() {
    return Stream.of(Optional.empty(), Optional.of("move_2"));
  }

  @ParameterizedTest
  @MethodSource("otherMoves")
  void anOpenStoreThatIsNotTheOtherEndOfTheMoveIsNotUsed(Optional<String> move) {
    MoveAwareFunctions functions = followed();
    switchOver();
    fresh.partOf(move);

    assertThatThrownBy(() -> functions.call(WRITE, "a")).isInstanceOf(StoreUnavailable.class);
    assertThat(fresh.executed()).isEmpty();
  }

  @Test
  void aFreezeWithoutAMoveLeadsNowhere() {
    MoveAwareFunctions functions = followed();
    switchOver();
    old.partOf(Optional.empty());
    fresh.partOf(Optional.empty());

    assertThatThrownBy(() -> functions.call(WRITE, "a")).isInstanceOf(StoreUnavailable.class);
    assertThat(fresh.executed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"mode\":\"ajar\"}", "[", "null"})
  void aModeThatMakesNoSenseIsNoReasonToLeave(String nonsense) {
    old.answerModeWith(nonsense);
    fresh.become("open");
    MoveAwareFunctions functions = followed();

    assertThat(functions.call(WRITE, "a")).isEqualTo("\"old\"");
    assertThat(opened).hasValue(0);
  }

  @Test
  void aTargetThatCanNotBeOpenedYetIsTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    MoveAwareFunctions functions = followed(() -> {
      if (attempts.incrementAndGet() < 4) {
        throw new StoreUnavailable("The database can't be reached.");
      }
      return fresh;
    });
    switchOver();

    assertThat(functions.call(WRITE, "a")).isEqualTo("\"fresh\"");
    assertThat(attempts).hasValue(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"23505", "08006", "42883", "57014"})
  void whatElseGoesWrongIsNobodysReasonToRepeat(String state) {
    MoveAwareFunctions functions = followed();
    fresh.become("open");
    old.fail(new SqlFunctionFailed(Optional.of(state), Optional.empty(), null));

    assertThatThrownBy(() -> functions.call(WRITE, "a")).hasMessageContaining(state);
    assertThat(pauses).isEmpty();
    assertThat(fresh.executed()).isEmpty();
  }

  @Test
  void whatGoesWrongOnTheNewSideIsNotRepeatedEither() {
    MoveAwareFunctions functions = followed();
    switchOver();
    functions.call(WRITE, "a");
    fresh.fail(new SqlFunctionFailed(Optional.of("08006"), Optional.empty(), null));

    assertThatThrownBy(() -> functions.call(WRITE, "b")).hasMessageContaining("08006");
    assertThat(old.executed()).isEmpty();
  }

  @Test
  void whatWasOpenedIsClosedAndNothingElse() {
    try (MoveAwareFunctions functions = followed()) {
      functions.call(WRITE, "a");
    }
    assertThat(old.closed()).isEqualTo(1);
    assertThat(opened).hasValue(0);

    FencedStore moved = new FencedStore("moved", "frozen");
    fresh.become("open");
    new MoveAwareFunctions(moved, () -> fresh, nanos::incrementAndGet, pause -> {}).close();
    assertThat(moved.closed()).isEqualTo(1);
    assertThat(fresh.closed()).isEqualTo(1);
  }

  @Test
  void anInterruptEndsTheWait() {
    MoveAwareFunctions functions = followed();
    old.become("frozen");
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> functions.call(WRITE, "a")).isInstanceOf(StoreUnavailable.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(pauses).isEmpty();
  }

  @Test
  void onlySoManyWaitAndTheRestIsToldAtOnce() throws InterruptedException {
    CountDownLatch allWait = new CountDownLatch(MoveAwareFunctions.MAX_WAITING);
    CountDownLatch goOn = new CountDownLatch(1);
    MoveAwareFunctions functions =
        new MoveAwareFunctions(old, () -> fresh, System::nanoTime, pause -> {
          allWait.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    old.become("frozen");
    List<Thread> callers = IntStream.range(0, MoveAwareFunctions.MAX_WAITING)
        .mapToObj(i -> new Thread(() -> functions.call(WRITE, "w" + i)))
        .toList();
    callers.forEach(Thread::start);
    allWait.await();

    assertThatThrownBy(() -> functions.call(WRITE, "one too many"))
        .isInstanceOf(StoreUnavailable.class);
    assertThat(functions.call(READ, "r")).isEqualTo("\"old\"");

    switchOver();
    goOn.countDown();
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(fresh.executed()).hasSize(MoveAwareFunctions.MAX_WAITING);
    assertThat(functions.call(WRITE, "welcome again")).isEqualTo("\"fresh\"");
  }

  @Test
  void manyCallersAcrossManySwitchesHaveEachCallExecutedOnce() throws InterruptedException {
    MoveAwareFunctions functions =
        new MoveAwareFunctions(old, () -> fresh, System::nanoTime, pause -> Thread.onSpinWait());
    int wanted = 50;
    AtomicInteger switches = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    List<Thread> threads = IntStream.range(0, 8)
        .mapToObj(caller -> new Thread(() -> {
          for (int call = 0; switches.get() < wanted; call++) {
            functions.call(WRITE, caller + "/" + call);
            done.incrementAndGet();
          }
        }))
        .toList();
    threads.forEach(Thread::start);
    for (int each = 0; each < wanted; each++) {
      FencedStore from = each % 2 == 0 ? old : fresh;
      int before = done.get();
      from.become("frozen");
      (from == old ? fresh : old).become("open");
      while (done.get() < before + 100 && threads.stream().anyMatch(Thread::isAlive)) {
        Thread.onSpinWait();
      }
      switches.incrementAndGet();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(done).hasValueGreaterThanOrEqualTo(wanted * 100);
    List<String> all = new ArrayList<>(old.executed());
    all.addAll(fresh.executed());
    assertThat(all).hasSize(done.get()).doesNotHaveDuplicates();
  }
}
