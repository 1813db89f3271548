package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.testkit.BillingWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A command survives the death of its program at every step: it is finished or found again, and
 * never executed twice.
 */
class CrashTest {
  private static final Duration PAST_THE_LEASE = Duration.ofMinutes(3);

  @Test
  void isTestedForEveryKindOfCommand() {
    assertThat(EnumSet.allOf(CommandKind.class))
        .as("give each new kind a wish here, so that its program dies at every step")
        .isEqualTo(Arrays.stream(Mutation.values())
            .map(mutation -> mutation.kind)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(CommandKind.class))));
  }

  @ParameterizedTest
  @EnumSource
  void isMadeUpForADayLaterWhenTheKeyHasExpired(Mutation mutation) {
    eachDeath(mutation, (world, ada) -> {
      world.advance(Duration.ofHours(25));
      recover(world);
      assertThatOnlyWhatIsWrittenIsDone(world, mutation);
    });
  }

  @ParameterizedTest
  @EnumSource
  void isMadeUpForWhenTheProviderKeptAFailure(Mutation mutation) {
    eachDeath(
        mutation,
        world -> world.engine().fail(new Fault(mutation.route, 500, When.AFTER), 1),
        (world, ada) -> {
          recover(world);
          assertThatOnlyWhatIsWrittenIsDone(world, mutation);
        });
  }

  @ParameterizedTest
  @EnumSource
  void isMadeUpForADayLaterWhenTheAnswerWasLost(Mutation mutation) {
    eachDeath(
        mutation,
        world -> world.engine().fail(new Fault(mutation.route, 500, When.LOST), 1),
        (world, ada) -> {
          world.advance(Duration.ofHours(25));
          recover(world);
          assertThatOnlyWhatIsWrittenIsDone(world, mutation);
        });
  }

  // Trouble may still be waiting for the first who tries again, so there is a second try.
  private static void recover(BillingWorld world) {
    world.restart();
    for (int tries = 0; tries < 3; tries++) {
      world.settle();
      world.wallClock().advance(PAST_THE_LEASE);
    }
    world.settle();
    assertThat(open(world)).isEmpty();
    assertThat(MirroredState.differences(world)).isEmpty();
  }

  // A program that lived long enough to write its command down has it take effect.
  private static void assertThatOnlyWhatIsWrittenIsDone(BillingWorld world, Mutation mutation) {
    boolean written =
        world.store().commands().list(JournalFilter.ALL, Optional.empty(), 101).stream()
            .anyMatch(command -> command.kind() == mutation.kind);
    if (written) {
      assertThat(mutation.done(world)).isTrue();
      assertThat(mutation.timesGranted(world)).isLessThanOrEqualTo(1);
    } else {
      assertThat(mutation.timesGranted(world)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void isMadeUpForByTheNextProgramAlone(Mutation mutation) {
    Set<String> steps = eachDeath(mutation, (world, ada) -> {
      world.restart();
      world.settle();

      assertThat(open(world)).isEmpty();
      assertThat(mutation.timesGranted(world)).isLessThanOrEqualTo(1);

      askAgain(mutation, world, ada);
      assertThat(mutation.timesGranted(world)).isEqualTo(1);
    });
    assertThatItDiedEverywhere(steps, mutation);
  }

  @ParameterizedTest
  @EnumSource
  void isMadeUpForWhenTheCallerAsksAgain(Mutation mutation) {
    Set<String> steps = eachDeath(mutation, (world, ada) -> {
      world.restart();
      askAgain(mutation, world, ada);

      assertThat(mutation.timesGranted(world)).isEqualTo(1);
    });
    assertThatItDiedEverywhere(steps, mutation);
  }

  @ParameterizedTest
  @EnumSource
  void isMadeUpForWhenEventsCameInBetween(Mutation mutation) {
    eachDeath(mutation, (world, ada) -> {
      world.settle();
      askAgain(mutation, world, ada);

      assertThat(mutation.timesGranted(world)).isEqualTo(1);
    });
  }

  private interface Aftermath {
    void comes(BillingWorld world, Shopper ada);
  }

  private static Set<String> eachDeath(Mutation mutation, Aftermath aftermath) {
    return eachDeath(
        mutation,
        world -> {
          // the provider is well
        },
        aftermath);
  }

  // Dies at the first step, in another world at the second, until the program gets through.
  private static Set<String> eachDeath(
      Mutation mutation, Consumer<BillingWorld> trouble, Aftermath aftermath) {
    Set<String> steps = new LinkedHashSet<>();
    for (int i = 0; ; i++) {
      Death death = new Death(i);
      try (BillingWorld world =
          BillingWorld.builder().seed(i).catalog(mutation.catalog()).build()) {
        Shopper ada = Shopper.named("ada", world);
        mutation.prepare(ada);
        trouble.accept(world);
        boolean survived = false;
        try (Billing mortal =
            world.program(death.mortal(world.store()), death.mortal(world.gateway()))) {
          mutation.ask(mortal, ada);
          assertThat(mutation.timesGranted(world)).isEqualTo(1);
          return steps;
        } catch (Death.Struck e) {
          steps.add(death.struck());
        } catch (ProviderUnavailable e) {
          survived = true;
        }
        world.wallClock().advance(PAST_THE_LEASE);
        try {
          aftermath.comes(world, ada);
          world.settle();
          assertThat(open(world)).isEmpty();
          assertThat(mutation.timesGranted(world)).isLessThanOrEqualTo(1);
          assertThat(MirroredState.differences(world)).isEmpty();
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(
              "seed " + i + ": after it died at step " + i + ", " + death.struck(), e);
        }
        if (survived) {
          return steps;
        }
      }
    }
  }

  // A second request to end what has ended gets that answer.
  private static void askAgain(Mutation mutation, BillingWorld world, Shopper ada) {
    try {
      mutation.ask(world.billing(), ada);
    } catch (Conflict e) {
      assertThat(mutation).isEqualTo(Mutation.AN_END_NOW);
    }
  }

  private static List<Command> open(BillingWorld world) {
    Instant inAYear = world.wallClock().instant().plus(Duration.ofDays(365));
    return world.store().commands().abandoned(inAYear, inAYear, 100);
  }

  private static void assertThatItDiedEverywhere(Set<String> steps, Mutation mutation) {
    assertThat(steps)
        .contains(
            "before CommandJournal.open",
            "after CommandJournal.open",
            "before CommandJournal.begin",
            "after CommandJournal.begin",
            "before " + mutation.call,
            "after " + mutation.call,
            "before ProjectionStore.commit",
            "after ProjectionStore.commit",
            "before CommandJournal.end",
            "after CommandJournal.end");
  }
}
