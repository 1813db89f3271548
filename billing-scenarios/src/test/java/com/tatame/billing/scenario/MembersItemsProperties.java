package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageTally;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever is wanted, paid, left and lost: the units that are used are those of what was given, is
 * open or was paid, no limit is exceeded, and everybody pays what their unit says. The oracle is what
 * the provider holds.
 */
class MembersItemsProperties {
  private static final int WORLDS = 40;
  private static final int STEPS = 30;
  private static final List<String> ITEMS =
      List.of("quiz-1", "quiz-1", "quiz-1", "quiz-2", "article-2");
  private static final Map<String, Long> LIST_PRICES =
      Map.of("quiz-1", 15_00L, "quiz-2", 60_00L, "article-2", 4_99L);
  private static final List<When> WHENS = List.of(When.values());
  private static final Disorder HOSTILE = new Disorder(true, 20, 20, 20);

  @Test
  void unitsAreThoseOfWhatWasSoldAndMoneyIsWhatTheirTermsSay() {
    long seed = System.nanoTime();
    Map<String, Integer> met = new TreeMap<>();
    for (int i = 0; i < WORLDS; i++) {
      run(seed + i, met);
    }
    assertThat(met.keySet())
        .as("seed %s: all of it was met, %s", seed, met)
        .contains("free", "overage", "full price", "expired", "paid", "failed", "dropped");
  }

  private static void run(long seed, Map<String, Integer> met) {
    Random random = new Random(seed);
    String why = "seed " + seed;
    try (BillingWorld world = BillingWorld.builder()
        .seed(seed)
        .catalog(ACatalog.withMembersTerms())
        .projectOnArrival(random.nextBoolean())
        .build()) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      List<Purchase> given = new ArrayList<>();
      for (int step = 0; step < STEPS; step++) {
        step(random, ada, given, met);
        holds(ada, why);
      }
      meet(met, "dropped", world.dropped());
      settle(world);
      holds(ada, why);
      assertThat(world.store().reservations().held(Optional.empty(), 101))
          .as(why)
          .hasSize(compare(ada, given, met, why));
    } catch (RuntimeException e) {
      throw new AssertionError(why, e);
    }
  }

  private static void step(
      Random random, Shopper ada, List<Purchase> given, Map<String, Integer> met) {
    BillingWorld world = ada.world();
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> want(random, ada, given, met);
      case 3, 4 -> payOne(random, world);
      case 5 -> world.advance(Duration.ofHours(random.nextInt(30)), HOSTILE);
      case 6 -> {
        world.deliver(HOSTILE);
        world.work();
      }
      default -> {
        world.restart();
        world.wallClock().advance(Duration.ofMinutes(random.nextInt(5)));
        world.work();
      }
    }
  }

  private static void want(
      Random random, Shopper ada, List<Purchase> given, Map<String, Integer> met) {
    BillingWorld world = ada.world();
    if (random.nextInt(5) == 0) {
      When when = WHENS.get(random.nextInt(WHENS.size()));
      boolean refuses = when == When.BEFORE && random.nextBoolean();
      world
          .engine()
          .fail(
              new Fault("POST /v1/checkout/sessions", refuses ? 400 : 500, when),
              refuses ? 1 : 1 + random.nextInt(2));
    }
    try {
      ada.wants(ITEMS.get(random.nextInt(ITEMS.size()))).free().ifPresent(given::add);
    } catch (BillingException e) {
      met.merge("failed", 1, Integer::sum);
    }
    world.engine().clearFaults();
  }

  private static void payOne(Random random, BillingWorld world) {
    List<JsonNode> open = SimulatorReads.sessions(world, "open");
    if (!open.isEmpty()) {
      String id = open.get(random.nextInt(open.size())).required("id").asText();
      world.provider().pay(id, random.nextInt(4) == 0 ? "4000000000000002" : Shopper.PAYS);
    }
  }

  // Whatever was lost is made up for, and whatever was begun is finished.
  private static void settle(BillingWorld world) {
    world.engine().clearFaults();
    world.deliverDropped();
    for (int i = 0; i < 4; i++) {
      world.settle();
      world.wallClock().advance(Duration.ofMinutes(3));
    }
    world.settle();
  }

  private static void holds(Shopper ada, String why) {
    for (UsageRow row : rows(ada)) {
      boolean quiz = row.feature().equals("quiz");
      assertThat(row.used().included()).as(why).isBetween(0L, quiz ? 2L : 1L);
      assertThat(row.used().overage()).as(why).isBetween(0L, quiz ? 3L : Long.MAX_VALUE);
    }
  }

  // Answers how many pages are open.
  private static int compare(
      Shopper ada, List<Purchase> given, Map<String, Integer> met, String why) {
    int open = 0;
    long overage = 0;
    long fullPrice = 0;
    for (JsonNode session : SimulatorReads.all(ada.world(), "/v1/checkout/sessions", Map.of())) {
      String item = session.required("metadata").path("item").asText();
      if (item.isEmpty()) {
        continue;
      }
      String status = session.required("status").asText();
      met.merge(status.equals("complete") ? "paid" : status, 1, Integer::sum);
      long percent = session.required("metadata").path("discount_percent").asLong();
      assertThat(percent).as(why).isIn(item.startsWith("quiz") ? List.of(0L, 20L) : List.of(30L));
      assertThat(session.required("amount_total").asLong())
          .as(why)
          .isEqualTo(Math.round(LIST_PRICES.getOrDefault(item, 0L) * (100 - percent) / 100.0));
      if (status.equals("expired")) {
        continue;
      }
      open += status.equals("open") ? 1 : 0;
      overage += percent > 0 ? 1 : 0;
      fullPrice += percent > 0 ? 0 : 1;
    }
    UsageTally used =
        rows(ada).stream().map(UsageRow::used).reduce(UsageTally.NONE, UsageTally::plus);
    assertThat(used).as(why).isEqualTo(new UsageTally(given.size(), overage, fullPrice));
    assertThat(ada.purchases())
        .as(why)
        .filteredOn(purchase -> purchase.amount().amount() == 0)
        .containsExactlyInAnyOrderElementsOf(given);
    meet(met, "free", given.size());
    meet(met, "overage", overage);
    meet(met, "full price", fullPrice);
    return open;
  }

  private static void meet(Map<String, Integer> met, String what, long times) {
    if (times > 0) {
      met.merge(what, 1, Integer::sum);
    }
  }

  private static List<UsageRow> rows(Shopper ada) {
    return ada.world().store().usage().list(ada.account(), Optional.empty(), Optional.empty(), 101);
  }
}
