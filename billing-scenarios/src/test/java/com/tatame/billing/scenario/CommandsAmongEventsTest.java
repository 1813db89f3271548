package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Commands whose senders die, while their events arrive lost, doubled, late and in any order at
 * workers that die, too: in the end there is one effect at the provider, and the rows tell the
 * provider's own state.
 */
class CommandsAmongEventsTest {
  private static final Duration PAST_THE_LEASE = Duration.ofMinutes(3);
  private static final Disorder HOSTILE = new Disorder(true, 25, 15, 25);
  private static final List<Mutation> MUTATIONS = List.of(Mutation.values());
  private static final int MAX_STEPS_OF_A_SENDER = 24;
  private static final int MAX_STEPS_OF_A_WORKER = 30;
  private static final Map<String, Integer> MET = new TreeMap<>();

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("billing.seeds.stories", 150));
  }

  @BeforeAll
  static void reset() {
    MET.clear();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void haveOneEffectAndAreToldAsTheProviderTellsThem(long seed) {
    Random random = new Random(seed);
    Mutation mutation = MUTATIONS.get(random.nextInt(MUTATIONS.size()));
    met("mutation " + mutation);
    try (BillingWorld world =
        BillingWorld.builder().seed(seed).catalog(mutation.catalog()).build()) {
      Shopper ada = Shopper.named("ada", world);
      mutation.prepare(ada);
      trouble(random, mutation, world);
      send(random, mutation, world, ada);
      for (int round = 0; round < 4; round++) {
        world.deliver(HOSTILE);
        work(random, world);
        world.wallClock().advance(PAST_THE_LEASE);
      }
      met("webhooks lost", world.dropped());
      calmDown(world);

      assertThat(stillOpen(world))
          .as("seed %d, %s: open commands", seed, mutation)
          .isZero();
      boolean written =
          world.store().commands().list(JournalFilter.ALL, Optional.empty(), 101).stream()
              .anyMatch(command -> command.kind() == mutation.kind);
      if (written) {
        assertThat(mutation.done(world))
            .as("seed %d, %s was written down", seed, mutation)
            .isTrue();
      } else {
        assertThat(mutation.timesGranted(world))
            .as("seed %d, %s: effects", seed, mutation)
            .isZero();
      }
      assertThat(MirroredState.differences(world))
          .as("seed %d, %s", seed, mutation)
          .isEmpty();
      assertThat(world.store().inbox().status().dead())
          .as("seed %d, %s", seed, mutation)
          .isZero();
    }
  }

  private static void trouble(Random random, Mutation mutation, BillingWorld world) {
    switch (random.nextInt(4)) {
      case 0 -> {
        met("a lost answer");
        world.engine().fail(new Fault(mutation.route, 500, Fault.When.LOST), 1);
      }
      case 1 -> {
        met("a kept failure");
        world.engine().fail(new Fault(mutation.route, 500, Fault.When.AFTER), 1);
      }
      case 2 -> {
        met("an outage");
        world
            .engine()
            .fail(new Fault(mutation.route, 503, Fault.When.BEFORE), 1 + random.nextInt(3));
      }
      default -> met("no trouble");
    }
  }

  private static void send(Random random, Mutation mutation, BillingWorld world, Shopper ada) {
    Death death = new Death(random.nextInt(MAX_STEPS_OF_A_SENDER));
    try (Billing sender =
        world.program(death.mortal(world.store()), death.mortal(world.gateway()))) {
      mutation.ask(sender, ada);
      met("a sender survived");
    } catch (Death.Struck e) {
      met("a sender died");
    } catch (BillingException e) {
      met("a sender got an error");
    }
    world.wallClock().advance(Duration.ofSeconds(random.nextInt(240)));
  }

  private static void work(Random random, BillingWorld world) {
    Death death = new Death(random.nextInt(MAX_STEPS_OF_A_WORKER));
    try (Billing worker =
        world.program(death.mortal(world.store()), death.mortal(world.gateway()))) {
      int calls = 0;
      while (worker.work() && calls < 50) {
        calls++;
      }
      met("a worker survived");
    } catch (Death.Struck e) {
      met("a worker died");
    }
  }

  private static void calmDown(BillingWorld world) {
    world.engine().clearFaults();
    world.restart();
    world.deliverDropped();
    for (int tries = 0; tries < 3; tries++) {
      world.settle();
      world.wallClock().advance(PAST_THE_LEASE);
    }
    world.settle();
  }

  private static int stillOpen(BillingWorld world) {
    Instant inAYear = world.wallClock().instant().plus(Duration.ofDays(365));
    return world.store().commands().abandoned(inAYear, inAYear, 100).size();
  }

  private static void met(String what) {
    met(what, 1);
  }

  private static void met(String what, int times) {
    MET.merge(what, times, Integer::sum);
  }

  @AfterAll
  static void theWorldsMetWhatTheyWereToldFor() {
    System.out.println("commands among events: " + MET);
    assertThat(MET)
        .containsKeys(
            "a lost answer",
            "a kept failure",
            "an outage",
            "a sender died",
            "a sender survived",
            "a worker died",
            "a worker survived",
            "webhooks lost");
    for (Mutation mutation : Mutation.values()) {
      assertThat(MET).containsKey("mutation " + mutation);
    }
  }
}
