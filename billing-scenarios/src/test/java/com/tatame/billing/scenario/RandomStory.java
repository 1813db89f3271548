package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Three people who buy, pay, cancel and fail at random, over a network that is out of order. */
final class RandomStory implements AutoCloseable {
  private static final List<String> CARDS =
      List.of(Shopper.PAYS, Shopper.PAYS, Shopper.FAILS_AT_RENEWAL, "4000000000000002");
  private static final List<String> TIERS = List.of("basic", "pro");

  /** What can happen in a story, for the measure of what stories met. */
  enum Happening {
    REFUSED,
    PAID,
    NOT_PAID,
    OUTAGE,
    DROPPED,
    UNREAD
  }

  private final BillingWorld world;
  private final Random random;
  private final List<Shopper> shoppers;
  private final List<CheckoutSession> sessions = new ArrayList<>();
  private final Map<Happening, Integer> met = new EnumMap<>(Happening.class);

  RandomStory(long seed) {
    this(seed, ACatalog.freeBasicAndPro());
  }

  RandomStory(long seed, Catalog catalog) {
    random = new Random(seed);
    world = BillingWorld.builder()
        .seed(seed)
        .catalog(catalog)
        .readsPerSecond(random.nextBoolean() ? 1 : 1_000)
        .build();
    shoppers = List.of(
        Shopper.named("ada", world), Shopper.named("bob", world), Shopper.named("cyd", world));
  }

  BillingWorld world() {
    return world;
  }

  List<Shopper> shoppers() {
    return shoppers;
  }

  Map<Happening, Integer> met() {
    return met;
  }

  /** A user does something, time may pass, and some of the events arrive; calls may fail. */
  void step() {
    Shopper shopper = shoppers.get(random.nextInt(shoppers.size()));
    if (random.nextInt(4) == 0) {
      outage();
    }
    try {
      act(shopper);
    } catch (BillingException e) {
      meet(Happening.REFUSED);
    }
    network();
    world.engine().clearFaults();
    assertThat(live(shopper)).as("live subscriptions of %s", shopper.account()).isLessThan(2);
  }

  private void act(Shopper shopper) {
    switch (random.nextInt(6)) {
      case 0, 1 -> sessions.add(shopper.opens(TIERS.get(random.nextInt(TIERS.size()))));
      case 2, 3 -> pay();
      case 4 -> steer(shopper);
      default -> {
        Duration time = Duration.ofHours(random.nextInt(24 * 20));
        world.advance(time, new Disorder(true, 30, 10, 20));
      }
    }
  }

  private void pay() {
    if (!sessions.isEmpty()) {
      CheckoutSession session = sessions.get(random.nextInt(sessions.size()));
      String card = CARDS.get(random.nextInt(CARDS.size()));
      boolean paid = world.provider().pay(session.id(), card);
      meet(paid ? Happening.PAID : Happening.NOT_PAID);
    }
  }

  private void steer(Shopper shopper) {
    List<Subscription> subscriptions = shopper.subscriptions();
    if (!subscriptions.isEmpty()) {
      String id = subscriptions.get(random.nextInt(subscriptions.size())).id();
      switch (random.nextInt(4)) {
        case 0 -> cancel(shopper, id, Cancellation.NOW);
        case 1, 2 -> cancel(shopper, id, Cancellation.PERIOD_END);
        default -> world.billing().subscriptions().resume(shopper.account(), id);
      }
    }
  }

  private void cancel(Shopper shopper, String id, Cancellation when) {
    world.billing().subscriptions().cancel(shopper.account(), id, when, Optional.empty());
  }

  private void outage() {
    String method = random.nextBoolean() ? "GET" : "POST";
    When when = method.equals("POST") && random.nextBoolean() ? When.LOST : When.BEFORE;
    int status = random.nextBoolean() ? 500 : 429;
    world.engine().fail(new Fault(method, when == When.LOST ? 500 : status, when), 2);
    meet(Happening.OUTAGE);
  }

  private void network() {
    int droppedBefore = world.dropped();
    switch (random.nextInt(4)) {
      case 0 -> {}
      case 1 -> world.deliver(Disorder.NONE);
      default -> world.deliver(new Disorder(true, 40, 10, 20));
    }
    if (world.dropped() > droppedBefore) {
      meet(Happening.DROPPED);
    }
    if (random.nextBoolean()) {
      world.billing().work();
    }
    if (world.billing().webhooks().status().pendingReads() > 0) {
      meet(Happening.UNREAD);
    }
  }

  /** The network calms down; what was dropped is made up for. */
  void end() {
    if (random.nextBoolean()) {
      world.deliverDropped();
    } else {
      world.readDropped();
    }
    world.settle();
    world.wallClock().advance(Duration.ofMinutes(5));
    world.settle();
  }

  private long live(Shopper shopper) {
    List<String> over = List.of("canceled", "incomplete_expired", "incomplete");
    return SimulatorReads.customers(world).stream()
        .filter(customer -> customer
            .required("metadata")
            .path("billing_account")
            .asText()
            .equals(shopper.account().value()))
        .flatMap(customer -> SimulatorReads.subscriptions(world).stream()
            .filter(subscription -> subscription
                .required("customer")
                .asText()
                .equals(customer.required("id").asText())))
        .filter(subscription -> !over.contains(subscription.required("status").asText()))
        .count();
  }

  private void meet(Happening happening) {
    met.merge(happening, 1, Integer::sum);
  }

  @Override
  public void close() {
    world.close();
  }
}
