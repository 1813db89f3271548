package com.tatame.billing.testkit;

import com.tatame.billing.Billing;
import com.tatame.billing.BillingBuilder;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.command.Pause;
import com.tatame.billing.drift.DriftPolicy;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.mail.MailService;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.projection.ObservationRecorder;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.Projector;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.simulator.engine.Delivery;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Settings;
import com.tatame.billing.simulator.engine.WebhookMessage;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.time.Clocks;
import com.tatame.billing.trial.TrialKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Everything around {@link Billing} in one process, without threads and without network: a
 * simulated account that sells the catalog, a store, clocks that only move when told, and webhooks
 * that only arrive when told. The same seed and the same steps give the same world.
 *
 * <pre>{@code
 * try (BillingWorld world = BillingWorld.builder().seed(7).build()) {
 *   var opened = world.billing().checkouts().open(ada, request);
 *   world.provider().pay(opened.session().id(), "4242424242424242");
 *   world.settle();
 *   world.advance(Duration.ofDays(31));
 * }
 * }</pre>
 */
public final class BillingWorld implements AutoCloseable {
  private static final String SECRET = "whsec_world";
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int MANY_READS_PER_SECOND = 1_000;
  private static final int MAX_WORK_STEPS = 10_000;

  private final Engine engine;
  private final EngineControl provider;
  private final SettableClock wallClock;
  private final PaymentGateway gateway;
  private final BillingStore store;
  private final Catalog catalog;
  private final Pause pause;
  private final int readsPerSecond;
  private final DriftPolicy drift;
  private final TrialKeys trialKeys;
  private final boolean projectOnArrival;
  private final Optional<MailService> mail;
  private final Random billingRandom;
  private final Random networkRandom;
  private final List<WebhookMessage> dropped = new ArrayList<>();
  private Billing billing;

  private BillingWorld(Builder with) {
    wallClock = new SettableClock(with.start);
    engine = new Engine(
        new Settings(
            SimulatedCalls.VERSION,
            with.retryDays,
            with.afterLastRetry,
            () -> "https://pay.example.com"),
        with.start,
        with.seed,
        Optional.empty(),
        deliveries -> {});
    provider = new EngineControl(engine);
    gateway = new SimulatedGateway(engine::call, List.of(SECRET), wallClock);
    store = with.store == null ? new InMemoryBillingStore() : with.store;
    catalog = with.catalog;
    pause = with.pause == null ? wallClock::advance : with.pause;
    readsPerSecond = with.readsPerSecond;
    drift = with.drift;
    trialKeys = with.trialKeys;
    projectOnArrival = with.projectOnArrival;
    mail = with.mail;
    billingRandom = new Random(with.seed);
    networkRandom = new Random(~with.seed);
    engine.createEndpoint(
        "https://billing.example.com/webhooks",
        List.of("*"),
        Optional.of(SECRET),
        Optional.empty());
    if (catalog.meters().isEmpty() && catalog.currencies().size() < 2) {
      catalog.plans().forEach(this::offer);
    } else {
      new Setup(catalog, gateway.setup()).run();
    }
    billing = program(store, gateway);
    billing.start();
    settle();
  }

  private void offer(Plan plan) {
    if (!plan.prices().isEmpty()) {
      String product = provider.createProduct(plan.name());
      // In the order of the intervals, so that the same seed gives the same ids.
      new EnumMap<>(plan.prices()).forEach((interval, price) -> offer(product, interval, price));
    }
  }

  private void offer(String product, BillingInterval interval, PlanPrice price) {
    provider.createPrice(
        product,
        price.price().amount(),
        price.price().currency(),
        interval == BillingInterval.YEARLY ? Recurrence.Unit.YEAR : Recurrence.Unit.MONTH,
        price.lookupKey());
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The program under test; another one after {@link #restart}. */
  public Billing billing() {
    return billing;
  }

  /** The simulated account itself, to be looked at and to be given faults. */
  public Engine engine() {
    return engine;
  }

  /** What payers and time do at the account. */
  public ProviderControl provider() {
    return provider;
  }

  public PaymentGateway gateway() {
    return gateway;
  }

  public BillingStore store() {
    return store;
  }

  /** Wall time, by which leases, retries and budgets run. The billing clock is the provider's. */
  public SettableClock wallClock() {
    return wallClock;
  }

  /**
   * A further program in this world, such as one whose store or gateway fails. It has no threads;
   * its caller closes it.
   */
  public Billing program(BillingStore itsStore, PaymentGateway itsGateway) {
    return program(itsStore, itsGateway, catalog);
  }

  /** As {@link #program(BillingStore, PaymentGateway)}, with a catalog of its own. */
  public Billing program(Catalog itsCatalog) {
    return program(store, gateway, itsCatalog);
  }

  private Billing program(BillingStore itsStore, PaymentGateway itsGateway, Catalog itsCatalog) {
    BillingBuilder program = Billing.builder();
    mail.ifPresent(by -> program.mail(by.renderer(), by.transport(), by.settings(), by.listener()));
    return program
        .store(itsStore)
        .gateway(itsGateway)
        .catalog(itsCatalog)
        .checkoutUrls(url -> "https".equals(url.getScheme()))
        .clock(engine::now)
        .wallClock(wallClock)
        .random(billingRandom)
        .pause(pause)
        .readsPerSecond(readsPerSecond)
        .drift(drift)
        .trialKeys(trialKeys)
        .projectOnArrival(projectOnArrival)
        .workers(0)
        .build();
  }

  /** The program ends, and another one goes on with the same store. */
  public void restart() {
    billing.close();
    billing = program(store, gateway);
  }

  /** Delivers what the provider has to tell. Nothing is processed yet. */
  public void deliver(Disorder disorder) {
    List<Delivery> waiting = new ArrayList<>(engine.undelivered());
    if (disorder.shuffled()) {
      Collections.shuffle(waiting, networkRandom);
    }
    for (Delivery delivery : waiting) {
      WebhookMessage message = engine.message(delivery).orElseThrow();
      if (happens(disorder.delayed())) {
        continue;
      }
      if (happens(disorder.dropped())) {
        dropped.add(message);
        engine.acknowledged(delivery);
        continue;
      }
      receive(message);
      if (!happens(disorder.doubled())) {
        engine.acknowledged(delivery);
      }
    }
  }

  private boolean happens(int percent) {
    return networkRandom.nextInt(100) < percent;
  }

  private void receive(WebhookMessage message) {
    byte[] body = message.body().getBytes(StandardCharsets.UTF_8);
    String header = new WebhookSigner(message.secrets().toArray(String[]::new))
        .header(body, wallClock.instant());
    billing.webhooks().receive(body, header);
  }

  /** How many webhooks were dropped and not made up for. */
  public int dropped() {
    return dropped.size();
  }

  /** Delivers what was dropped after all, in any order. */
  public void deliverDropped() {
    Collections.shuffle(dropped, networkRandom);
    dropped.forEach(this::receive);
    dropped.clear();
  }

  /** Reads the objects that dropped webhooks would have brought, as they are by now. */
  public void readDropped() {
    Observations observations = new ObservationRecorder(
        new Projections(
            store.projections(), new Projector(catalog), new Clocks(engine::now, wallClock)),
        gateway.reads());
    for (WebhookMessage message : dropped) {
      if (gateway.events().translate(message.body()) instanceof Observed observed) {
        for (Observation learnt : observed.observations()) {
          observations.refresh(learnt.object(), learnt.subject());
        }
      }
    }
    dropped.clear();
  }

  /**
   * Works until nothing is left that is due. Wall time passes where the budget of reads asks for it.
   *
   * @throws IllegalStateException if it doesn't end
   */
  public void work() {
    for (int i = 0; i < MAX_WORK_STEPS; i++) {
      if (!billing.work()) {
        if (billing.idle()) {
          return;
        }
        wallClock.advance(TICK);
      }
    }
    throw new IllegalStateException("the work doesn't end: " + store.inbox().status());
  }

  /** Delivers in order and works, until the provider has nothing to tell and nothing is left. */
  public void settle() {
    do {
      deliver(Disorder.NONE);
      work();
    } while (!engine.undelivered().isEmpty());
  }

  /** Lets time pass everywhere, and settles after each instant at which something happens. */
  public void advance(Duration time) {
    advance(time, Disorder.NONE);
    settle();
  }

  /** Lets time pass everywhere; after each instant at which something happens, delivers and works. */
  public void advance(Duration time, Disorder disorder) {
    Instant target = engine.now().plus(time);
    Optional<Instant> due = engine.nextDue();
    while (due.filter(at -> at.isBefore(target)).isPresent()) {
      moveTo(due.get());
      deliver(disorder);
      work();
      due = engine.nextDue();
    }
    moveTo(target);
    deliver(disorder);
    work();
  }

  private void moveTo(Instant target) {
    wallClock.advance(Duration.between(engine.now(), target));
    engine.advanceTo(target);
  }

  /** Ends the program and closes the store. */
  @Override
  public void close() {
    billing.close();
    store.close();
  }

  /** How a world begins; everything has a default. */
  public static final class Builder {
    private long seed = 1;
    private Instant start = Instant.parse("2026-01-01T00:00:00Z");
    private Catalog catalog = ACatalog.freeBasicAndPro();
    private List<Integer> retryDays = List.of(3, 5, 7, 14);
    private Settings.AfterLastRetry afterLastRetry = Settings.AfterLastRetry.CANCEL;
    private int readsPerSecond = MANY_READS_PER_SECOND;
    private DriftPolicy drift = DriftPolicy.OFF;
    private TrialKeys trialKeys = TrialKeys.of(List.of("a key that opens nothing but this world"));
    private boolean projectOnArrival;
    private Optional<MailService> mail = Optional.empty();
    private @Nullable BillingStore store;
    private @Nullable Pause pause;

    private Builder() {}

    /** Decides all ids and all that chance decides. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** The beginning of provider's time and wall time; whole seconds. */
    public Builder startAt(Instant value) {
      start = value;
      return this;
    }

    /** What is sold, its prices found by their lookup keys. Default: {@link ACatalog}. */
    public Builder catalog(Catalog value) {
      catalog = value;
      return this;
    }

    /** The days after a failed payment on which it is tried again, and what becomes of it then. */
    public Builder paymentRetries(List<Integer> days, Settings.AfterLastRetry then) {
      retryDays = List.copyOf(days);
      afterLastRetry = then;
      return this;
    }

    /** How often the provider may be asked what is true. Default: 1000 times a second. */
    public Builder readsPerSecond(int value) {
      readsPerSecond = value;
      return this;
    }

    /**
     * What is done about rows that differ from what the provider holds. Default: nothing, so that
     * events alone must get them right.
     */
    public Builder drift(DriftPolicy value) {
      drift = value;
      return this;
    }

    /** Under which the evidence of trials is hashed. Default: a key of this world. */
    public Builder trialKeys(TrialKeys value) {
      trialKeys = value;
      return this;
    }

    /**
     * Whether events are applied in the commit that stores them. Default: no, so that each step of
     * the workers' work can be seen.
     */
    public Builder projectOnArrival(boolean value) {
      projectOnArrival = value;
      return this;
    }

    /** By what accounts are sent mails. Default: they are sent none. */
    public Builder mail(MailService value) {
      mail = Optional.of(value);
      return this;
    }

    /** An empty store, which the world closes. Default: one in memory. */
    public Builder store(BillingStore value) {
      store = value;
      return this;
    }

    /** How callers wait for each other. Default: by letting wall time pass. */
    public Builder pause(Pause value) {
      pause = value;
      return this;
    }

    /** Begins the world: the catalog is on sale, and its events are processed. */
    public BillingWorld build() {
      return new BillingWorld(this);
    }
  }
}
