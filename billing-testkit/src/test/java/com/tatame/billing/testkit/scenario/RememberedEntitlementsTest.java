package com.tatame.billing.testkit.scenario;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.Explanation;
import com.tatame.billing.entitlement.Ground.OfSubscription;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.entitlement.Used;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Questions are answered from memory, for a second; what is done here is seen at once. */
class RememberedEntitlementsTest {
  private static final AccountId ADA = new AccountId("user_ada");

  private final AtomicInteger reads = new AtomicInteger();
  private volatile Runnable afterRead = () -> {};
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
  void whatEventsChangeIsSeenAtOnce() {
    Shopper ada = Shopper.named("ada", world);
    assertThat(world.billing().entitlements().check(ADA, "export").allowed()).isFalse();

    ada.buys("pro", Shopper.PAYS);

    assertThat(world.billing().entitlements().check(ADA, "export").allowed()).isTrue();
  }

  @Test
  void whatEventsChangeAsTheyArriveIsSeenAtOnce() {
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
  void whatIsUsedAndGivenBackHereIsSeenAtOnce() {
    assertThat(left()).isEqualTo(3);

    String id = consumption(world.billing().entitlements().consume(ADA, quizzes(2)));
    assertThat(left()).isEqualTo(1);

    world.billing().entitlements().release(ADA, "quiz", id);
    assertThat(left()).isEqualTo(3);
  }

  @Test
  void whoUsesOneAfterTheOtherCostsNoQueryAndIsToldTheTruth() {
    assertThat(world.billing().entitlements().consume(ADA, quizzes(1)))
        .isInstanceOf(Used.Granted.class);
    assertThat(world.billing().entitlements().consume(ADA, quizzes(1)))
        .isInstanceOf(Used.Granted.class);
    assertThat(reads.get()).isEqualTo(1);

    assertThat(left()).isEqualTo(1);
    assertThat(reads.get()).isEqualTo(2);
  }

  @Test
  void whoUsesAgainAfterALongTimeCostsNoQueryEither() {
    world.billing().entitlements().consume(ADA, quizzes(1));
    world.wallClock().advance(Duration.ofHours(5));

    assertThat(world.billing().entitlements().consume(ADA, quizzes(1)))
        .isInstanceOf(Used.Granted.class);
    assertThat(reads.get()).isEqualTo(1);
  }

  @Test
  void aFlagIsUsedByWhatWasReadWithinTheSecond() {
    AccountId bob = new AccountId("user_bob");
    Use export = new Use("export", 1, Optional.empty(), Optional.empty());
    try (Billing elsewhere = world.program(world.store(), world.gateway())) {
      assertThat(elsewhere.entitlements().consume(bob, export)).isInstanceOf(Used.Denied.class);
      Shopper.named("bob", world).buys("pro", Shopper.PAYS);

      world.wallClock().advance(Duration.ofSeconds(1));

      assertThat(elsewhere.entitlements().consume(bob, export)).isInstanceOf(Used.Granted.class);
    }
  }

  @Test
  void whatAnotherNodeSoldIsUsedAtOnceThoughItIsNotRememberedHere() {
    AccountId bob = new AccountId("user_bob");
    try (Billing elsewhere = world.program(world.store(), world.gateway())) {
      assertThat(elsewhere.entitlements().check(bob, "export").allowed()).isFalse();
      assertThat(elsewhere.entitlements().consume(bob, quizzes(4))).isInstanceOf(Used.Denied.class);
      elsewhere.entitlements().check(bob, "quiz");
      Shopper.named("bob", world).buys("pro", Shopper.PAYS);

      assertThat(elsewhere.entitlements().check(bob, "export").allowed()).isFalse();
      assertThat(elsewhere.entitlements().consume(bob, quizzes(4)))
          .isInstanceOf(Used.Granted.class);
      assertThat(elsewhere.entitlements().check(bob, "export").allowed()).isTrue();
    }
  }

  @Test
  void whatAnotherNodeChangesIsSeenWithinASecondAndNeverUsedTwice() {
    try (Billing other = world.program(world.store(), world.gateway())) {
      assertThat(left()).isEqualTo(3);
      other.entitlements().consume(ADA, quizzes(3));

      assertThat(world.billing().entitlements().consume(ADA, quizzes(1)))
          .isInstanceOf(Used.Denied.class);

      world.wallClock().advance(Duration.ofSeconds(1));
      assertThat(left()).isZero();
    }
  }

  @Test
  void whatChangesWhileItIsReadIsNotRememberedAsItWas() throws Exception {
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

  private static String consumption(Used used) {
    return ((Used.Granted) used).consumption().orElseThrow().id();
  }

  private static Use quizzes(long amount) {
    return new Use("quiz", amount, Optional.empty(), Optional.empty());
  }

  private long left() {
    return world
        .billing()
        .entitlements()
        .check(ADA, "quiz")
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
