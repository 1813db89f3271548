package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogStore;
import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.catalog.CatalogVersions.Publication;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.ProductCatalog.PlanOffer;
import com.tatame.billing.catalog.PublishedCatalog;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.EntitlementReport;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The catalog that was published last is in force on all nodes, and each request sees one catalog. */
class CatalogVersionsTest {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final Catalog FIRST = giving(0);
  private static final Catalog SECOND = giving(10);
  private static final Catalog THIRD = giving(20);

  private final InMemoryBillingStore memory = new InMemoryBillingStore();
  private volatile Optional<Runnable> beforeUsage = Optional.empty();
  private volatile boolean down;
  private volatile boolean unreadable;
  private final AtomicInteger usageCalls = new AtomicInteger();
  private final BillingWorld world =
      BillingWorld.builder().catalog(FIRST).store(watched()).build();
  private final List<Billing> nodes = new ArrayList<>(List.of(world.billing()));

  /** Three plans, of which the free one has so many quizzes a day. */
  private static Catalog giving(long quizzes) {
    return ACatalog.withFreeFeatures(
        Map.of("quiz", new Feature.Counter(quizzes, new Window(Window.Kind.DAY, ZoneOffset.UTC))));
  }

  private static Catalog with(Catalog catalog, List<Plan> plans) {
    return new Catalog(
        plans,
        catalog.items(),
        catalog.defaultTier(),
        catalog.grace(),
        catalog.coupons(),
        catalog.policies());
  }

  @AfterEach
  void close() {
    nodes.forEach(Billing::close);
    world.close();
  }

  /** A further node with a file of its own. */
  private Billing node(Catalog file) {
    Billing node = world.program(file);
    nodes.add(node);
    node.start();
    return node;
  }

  private void passSeconds() {
    world.wallClock().advance(CatalogVersions.FOLLOW_EVERY);
    nodes.forEach(Billing::work);
  }

  @Test
  void theCatalogOfTheFirstNodeIsPublishedWhenItStarts() {
    assertThat(world.store().catalogs().newerThan(0).flatMap(PublishedCatalog::content))
        .contains(FIRST);
    assertThat(world.billing().catalogs().inForce()).hasValue(1);
    assertThat(world.billing().catalogs().published()).hasValue(1);
  }

  @Test
  void aPublishedCatalogIsInForceHereAtOnceAndOnOtherNodesWithinSeconds() {
    Billing other = node(FIRST);

    Publication published = world.billing().catalogs().publish(SECOND);

    assertThat(published.changed()).isTrue();
    assertThat(world.billing().catalog()).isEqualTo(SECOND);
    assertThat(other.catalog()).isEqualTo(FIRST);
    passSeconds();
    assertThat(other.catalog()).isEqualTo(SECOND);
    assertThat(other.catalogs().inForce()).isEqualTo(published.version()).hasValue(2);
  }

  @Test
  void publishingWhatIsInForceChangesNothing() {
    Publication again = world.billing().catalogs().publish(FIRST);

    assertThat(again).isEqualTo(new Publication(again.version(), false, List.of()));
    assertThat(again.version()).hasValue(1);
  }

  @Test
  void aNodeWithANewFilePutsItInForceOnAllNodesByStarting() {
    Billing second = node(SECOND);

    assertThat(second.catalog()).isEqualTo(SECOND);
    passSeconds();
    assertThat(world.billing().catalog()).isEqualTo(SECOND);
  }

  @Test
  void nodesWithDifferentFilesNeverTakeEachOthersCatalogBack() {
    node(SECOND);
    passSeconds();

    for (int restart = 0; restart < 3; restart++) {
      node(FIRST);
      passSeconds();
      node(SECOND);
      passSeconds();
      node(FIRST);
    }
    passSeconds();

    assertThat(nodes).extracting(Billing::catalog).containsOnly(SECOND);
    assertThat(nodes)
        .extracting(node -> node.catalogs().inForce().orElseThrow())
        .containsOnly(2L);
  }

  @Test
  void aNodeThatStartsAgainWithAnOldFileTakesThePublishedCatalog() {
    world.billing().catalogs().publish(SECOND);

    world.restart();
    world.billing().start();

    assertThat(world.billing().catalog()).isEqualTo(SECOND);
  }

  @Test
  void anOldCatalogComesBackByBeingPublished() {
    node(SECOND);
    passSeconds();

    world.billing().catalogs().publish(FIRST);
    passSeconds();

    assertThat(nodes).extracting(Billing::catalog).containsOnly(FIRST);
    assertThat(world.billing().catalogs().inForce()).hasValue(3);
  }

  @Test
  void whatBeganByOneCatalogEndsByItAlsoIfAnotherIsPutInForce() {
    assertThat(world.billing().withOneCatalog(() -> {
          world.billing().catalogs().publish(SECOND);
          return world.billing().catalog();
        }))
        .isEqualTo(FIRST);

    assertThat(world.billing().catalog()).isEqualTo(SECOND);
  }

  @Test
  void aUseOfUnitsIsDecidedByTheCatalogWithWhichItBegan() {
    world.billing().catalogs().publish(SECOND);
    // What was read has changed by the time one more is used, and another catalog is in force.
    beforeUsage = Optional.of(() -> world.billing().catalogs().publish(FIRST));

    ConsumeResult begunByTheSecond = consume();

    assertThat(begunByTheSecond)
        .asInstanceOf(type(ConsumeResult.Granted.class))
        .satisfies(
            granted -> assertThat(granted.consumption().orElseThrow().limit()).contains(10L));
    assertThat(consume()).isInstanceOf(ConsumeResult.Denied.class);
  }

  private ConsumeResult consume() {
    return world
        .billing()
        .entitlements()
        .consume(ADA, new Use("quiz", 1, Optional.empty(), Optional.empty()));
  }

  @Test
  void requestsUnderWaySeeTheOldCatalogWhileNewOnesSeeTheNew() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch published = new CountDownLatch(1);
    CompletableFuture<List<Catalog>> underWay =
        CompletableFuture.supplyAsync(() -> world.billing().withOneCatalog(() -> {
          Catalog first = world.billing().catalog();
          begun.countDown();
          await(published);
          return List.of(first, world.billing().catalog());
        }));
    begun.await();

    world.billing().catalogs().publish(SECOND);
    Catalog seenByOthers = world.billing().catalog();
    published.countDown();

    assertThat(seenByOthers).isEqualTo(SECOND);
    assertThat(underWay.join()).containsExactly(FIRST, FIRST);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void cachedEntitlementsAreAnsweredByTheNewCatalogWithoutAQuery() {
    assertThat(quizzes(world.billing().entitlements().of(ADA))).isFalse();
    assertThat(quizzes(world.billing().entitlements().cached(ADA).orElseThrow()))
        .isFalse();
    assertThat(world.billing().entitlements().check(ADA, "sharing").allowed()).isFalse();
    int before = usageCalls.get();

    Map<String, Feature> more = new HashMap<>(SECOND.defaultPlan().features());
    more.put("sharing", new Feature.Flag(true));
    world.billing().catalogs().publish(ACatalog.withFreeFeatures(more));

    assertThat(quizzes(world.billing().entitlements().cached(ADA).orElseThrow()))
        .isTrue();
    assertThat(world.billing().entitlements().check(ADA, "sharing").allowed()).isTrue();
    assertThat(usageCalls.get()).isEqualTo(before);
  }

  private static boolean quizzes(EntitlementReport report) {
    return Objects.requireNonNull(report.features().get("quiz")).allowed();
  }

  @Test
  void plansAreOfferedByTheNewCatalog() {
    List<Plan> plans = new ArrayList<>(FIRST.plans());
    plans.remove(2);
    world.billing().catalogs().publish(with(FIRST, plans));

    assertThat(world.billing().products().plans())
        .extracting(PlanOffer::plan)
        .extracting(Plan::tier)
        .containsExactly("free", "basic");
    assertThatThrownBy(() -> Shopper.named("ada", world).opens("pro"))
        .hasMessageContaining("'pro' is not a tier");
  }

  @Test
  void subscriptionsWhosePlanIsGoneAreReported() {
    Shopper.named("ada", world).buys("pro", Shopper.PAYS);
    List<Plan> plans = new ArrayList<>(FIRST.plans());
    plans.remove(2);

    assertThat(world.billing().catalogs().preview(with(FIRST, plans)).notes())
        .containsExactly(
            "tiers.pro is gone, and 1 live subscription of it give only what tiers.free"
                + " gives; keep the tier with selfService: false instead");
  }

  @Test
  void featuresThatLiveSubscriptionsLoseAreReported() {
    Shopper.named("ada", world).buys("pro", Shopper.PAYS);
    Shopper.named("bob", world).buys("pro", Shopper.PAYS);
    List<Plan> plans = new ArrayList<>(FIRST.plans());
    plans.set(1, plans.get(1).with(Map.of()));
    plans.set(2, plans.get(2).with(Map.of("export", new Feature.Flag(true))));

    assertThat(world.billing().catalogs().preview(with(FIRST, plans)).notes())
        .as("nobody has basic")
        .containsExactly("tiers.pro.features.sharing is gone, and 2 live subscriptions lose it");
  }

  @Test
  void aPriceThatTheProviderDoesNotHaveIsReportedUntilSetupMadeIt() {
    Plan team = Plan.builder("team")
        .price(BillingInterval.MONTHLY, PlanPrice.of("team_monthly", 2_999, "usd"))
        .build();
    List<Plan> plans = new ArrayList<>(FIRST.plans());
    plans.add(team);
    Catalog catalog = with(FIRST, plans);

    assertThat(world.billing().catalogs().preview(catalog).notes())
        .containsExactly("tiers.team.prices.monthly: the provider has no active price of 2999 usd"
            + " with lookup key team_monthly, as far as is known here; run 'billing setup' with this"
            + " catalog before it is published, or checkouts charge what the provider has");

    world
        .provider()
        .createPrice(
            world.provider().createProduct("Team"),
            2_999,
            "usd",
            Recurrence.Unit.MONTH,
            "team_monthly");
    world.settle();
    assertThat(world.billing().catalogs().preview(catalog).notes()).isEmpty();
  }

  @Test
  void anAmountInAnotherCurrencyAsksForSetupSinceItIsNotMirrored() {
    List<Plan> plans = new ArrayList<>(FIRST.plans());
    plans.add(Plan.builder("team")
        .price(
            BillingInterval.MONTHLY,
            new PlanPrice(
                Amounts.of(new Money(2_999, "usd"), List.of(new Money(2_799, "eur"))),
                "team_monthly",
                Optional.empty(),
                Optional.empty()))
        .build());

    assertThat(world.billing().catalogs().preview(with(FIRST, plans)).notes())
        .containsExactly("tiers.team.prices.monthly: what the provider has in usd, eur is not known"
            + " here; run 'billing setup' with this catalog before it is published, or checkouts"
            + " charge what the provider has");
  }

  @Test
  void aPreviewPublishesNothing() {
    assertThat(world.billing().catalogs().preview(SECOND).changed()).isTrue();

    assertThat(world.billing().catalog()).isEqualTo(FIRST);
    assertThat(world.store().catalogs().newerThan(1)).isEmpty();
  }

  @Test
  void theOldCatalogStaysInForceIfTheStoreIsDown() {
    down = true;

    assertThatThrownBy(() -> world.billing().catalogs().publish(SECOND))
        .isInstanceOf(StoreUnavailable.class);
    passSeconds();

    assertThat(world.billing().catalog()).isEqualTo(FIRST);
  }

  @Test
  void aNodeThatStartsWhileTheStoreIsDownTakesThePublishedCatalogOnceItIsBack() {
    world.billing().catalogs().publish(SECOND);
    world.billing().catalogs().publish(THIRD);
    down = true;
    Billing late = node(SECOND);
    assertThat(late.catalogs().inForce()).isEmpty();

    down = false;
    passSeconds();

    assertThat(late.catalog()).isEqualTo(THIRD);
  }

  @Test
  void whatANewerReleasePublishedIsNotTakenAndReported() {
    unreadable = true;
    memory.catalogs().publish(SECOND, world.wallClock().instant(), AnAuditEntry.any());
    passSeconds();

    assertThat(world.billing().catalog()).isEqualTo(FIRST);
    assertThat(world.billing().catalogs().inForce()).hasValue(1);
    assertThat(world.billing().catalogs().published()).hasValue(2);
  }

  @Test
  void theCatalogIsAskedForOnceInFiveSeconds() {
    memory.catalogs().publish(SECOND, world.wallClock().instant(), AnAuditEntry.any());
    passSeconds();
    memory.catalogs().publish(THIRD, world.wallClock().instant(), AnAuditEntry.any());

    world.wallClock().advance(CatalogVersions.FOLLOW_EVERY.minus(Duration.ofMillis(1)));
    world.billing().work();
    assertThat(world.billing().catalog()).isEqualTo(SECOND);

    world.wallClock().advance(Duration.ofMillis(1));
    world.billing().work();
    assertThat(world.billing().catalog()).isEqualTo(THIRD);
  }

  private BillingStore watched() {
    CatalogStore catalogs = proxy(CatalogStore.class, (method, arguments) -> {
      if (down) {
        throw new StoreUnavailable("down");
      }
      Object answer = method.invoke(memory.catalogs(), arguments);
      return method.getName().equals("newerThan") && unreadable
          ? ((Optional<?>) answer).map(PublishedCatalog.class::cast).map(CatalogVersionsTest::newer)
          : answer;
    });
    UsageStore usage = proxy(UsageStore.class, (method, arguments) -> {
      usageCalls.incrementAndGet();
      if (method.getName().equals("consume") && beforeUsage.isPresent()) {
        Runnable once = beforeUsage.get();
        beforeUsage = Optional.empty();
        once.run();
        return List.of(new DebitResult.Stale());
      }
      return method.invoke(memory.usage(), arguments);
    });
    return proxy(BillingStore.class, (method, arguments) -> switch (method.getName()) {
      case "catalogs" -> catalogs;
      case "usage" -> usage;
      default -> method.invoke(memory, arguments);
    });
  }

  private static PublishedCatalog newer(PublishedCatalog published) {
    return new PublishedCatalog(published.version(), published.publishedAt(), Optional.empty());
  }

  private interface Answer {
    Object to(Method method, Object[] arguments) throws Exception;
  }

  private static <T> T proxy(Class<T> port, Answer answer) {
    return port.cast(Proxy.newProxyInstance(
        port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
          try {
            return answer.to(method, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        }));
  }
}
