package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.importing.CustomerOwners;
import com.tatame.billing.importing.ImportListener;
import com.tatame.billing.importing.ImportReport;
import com.tatame.billing.importing.ImportReport.Counts;
import com.tatame.billing.importing.ImportSettings;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BareAccount;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Everything that an account at the provider holds is imported, without any event. */
class ProviderImportTest {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final AccountId BOB = new AccountId("user_bob");
  private static final ImportSettings ALONE = ImportSettings.DEFAULT.withParallel(1);

  private final BillingWorld world =
      BillingWorld.builder().catalog(ACatalog.withoutTrials()).build();
  private final BareAccount account = new BareAccount(world.engine()::call, world.provider());
  private final String basic = account.price("basic_bare", 500);

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void rowsAreTheProvidersOwnAndTheSecondTimeAllOfItIsThere() {
    account.fill(60, List.of(basic, account.price("pro_bare", 1_500)), 7);

    ImportReport first = all(CustomerOwners.UNKNOWN, ImportSettings.DEFAULT);

    assertThat(account.differences(world.store())).isEmpty();
    assertThat(first.refused()).isEmpty();
    assertThat(first.of("customers")).isEqualTo(new Counts(60, 0, 0, 0));
    assertThat(first.of("links")).isEqualTo(new Counts(30, 0, 0, 0));
    assertThat(first.of("subscriptions").created()).isEqualTo(54);
    assertThat(first.of("invoices").created()).isGreaterThanOrEqualTo(54);
    assertThat(first.of("payment_methods").created()).isEqualTo(54);

    ImportReport second = all(CustomerOwners.UNKNOWN, ImportSettings.DEFAULT);

    assertThat(second.counts().values())
        .allSatisfy(counts ->
            assertThat(counts.created() + counts.changed() + counts.skipped()).isZero());
    assertThat(second.of("customers")).isEqualTo(new Counts(0, 0, 60, 0));
    assertThat(account.differences(world.store())).isEmpty();
  }

  @Test
  void paymentsAndEntitlementsAreThoseThatEventsWouldHaveTold() {
    account.fill(20, List.of(basic), 3);
    world.settle();
    BillingStore imported = new InMemoryBillingStore();
    try (Billing other = world.program(imported, world.gateway())) {
      other.imports().provider(CustomerOwners.UNKNOWN, ALONE);
    }

    for (int i = 0; i < 20; i += 2) {
      AccountId owner = new AccountId("user_" + i);
      assertThat(entitlement(imported, owner)).isEqualTo(entitlement(world.store(), owner));
      assertThat(payments(imported, owner)).isEqualTo(payments(world.store(), owner));
    }
    assertThat(payments(imported, new AccountId("user_2"))).isNotEmpty();
  }

  private Optional<AccountEntitlement> entitlement(BillingStore store, AccountId owner) {
    return store.usage().read(owner, world.engine().now()).entitlement();
  }

  private static List<Fact> payments(BillingStore store, AccountId owner) {
    return store.billingEvents().list(owner, BillingEventFilter.ALL, Optional.empty(), 100).stream()
        .map(BillingEvent::fact)
        .filter(fact -> fact.type().startsWith("invoice."))
        .toList();
  }

  @Test
  void aCustomerIsLinkedByItsMetadataOrByTheOperatorAndNeverByAnAddress() {
    String ada = account.customerOf(ADA.value());
    String bob = account.customer(Map.of("email", "bob@example.com"));
    String eve = account.customer(Map.of("email", ADA.value()));
    account.subscribe(bob, basic, BareAccount.PAYS);

    ImportReport report = all(owner(bob, BOB), ImportSettings.DEFAULT);

    assertThat(report.refused()).isEmpty();
    assertThat(linked(ADA)).contains(ada);
    assertThat(linked(BOB)).contains(bob);
    assertThat(linked(new AccountId("bob@example.com"))).isEmpty();
    assertThat(world.store().subscriptions().all(BOB)).hasSize(1);
    assertThat(eve).isNotEqualTo(ada);
    assertThat(report.of("links")).isEqualTo(new Counts(2, 0, 0, 0));
  }

  @Test
  void aLinkThatContradictsAnotherIsRefusedAndNothingIsOverwritten() {
    String ada = account.customerOf(ADA.value());
    all(CustomerOwners.UNKNOWN, ImportSettings.DEFAULT);
    String second = account.customer(Map.of());
    String bobs = account.customerOf(BOB.value());

    ImportReport report = all(
        customer -> customer.equals(second)
            ? Optional.of(ADA)
            : customer.equals(bobs)
                ? Optional.of(new AccountId("user_eve"))
                : owner(ada, BOB).of(customer),
        ImportSettings.DEFAULT);

    assertThat(report.refused())
        .extracting(refused -> refused.id() + " " + refused.reason())
        .containsExactlyInAnyOrder(
            second + " account user_ada has customer " + ada + " already",
            bobs + " its metadata names account user_bob, not user_eve",
            ada + " its metadata names account user_ada, not user_bob");
    assertThat(linked(ADA)).contains(ada);
    assertThat(linked(BOB)).contains(bobs);
    assertThat(account.differences(world.store()))
        .as("they are mirrored all the same")
        .isEmpty();
  }

  @Test
  void oneAccountForTwoCustomersIsGivenToOneOfThem() {
    String older = account.customer(Map.of());
    String newer = account.customer(Map.of());

    for (ImportSettings settings :
        List.of(ImportSettings.DEFAULT.withDryRun(true), ImportSettings.DEFAULT)) {
      ImportReport report = all(customer -> Optional.of(ADA), settings);

      assertThat(report.of("links").created()).isEqualTo(1);
      assertThat(report.refused())
          .extracting(refused -> refused.id() + " " + refused.reason())
          .containsExactly(older + " account user_ada has customer " + newer + " already");
    }
    assertThat(linked(ADA)).contains(newer);
    assertThat(account.differences(world.store())).isEmpty();
  }

  @Test
  void aDryRunTellsTheSameAndChangesNothing() {
    account.fill(30, List.of(basic), 5);

    ImportReport would = all(CustomerOwners.UNKNOWN, ImportSettings.DEFAULT.withDryRun(true));

    assertThat(world.store().drift().customers(Optional.empty(), 1)).isEmpty();
    ImportReport did = all(CustomerOwners.UNKNOWN, ImportSettings.DEFAULT);
    assertThat(would).isEqualTo(did);
  }

  @Test
  void killedAtAnyStepItGoesOnAndDoesNoPageTwiceThatItHadDone() {
    account.fill(54, List.of(basic), 11);
    boolean ended = false;
    int struck = 0;
    for (int at = 0; !ended; at += 5) {
      BillingStore store = new InMemoryBillingStore();
      Death death = new Death(at);
      List<String> done = new ArrayList<>();
      try (Billing mortal = world.program(death.mortal(store), death.mortal(world.gateway()))) {
        mortal.imports().provider(CustomerOwners.UNKNOWN, ALONE.withListener(progress(done)));
        ended = true;
      } catch (Death.Struck e) {
        struck++;
      }
      String last = done.isEmpty() ? "0" : done.get(done.size() - 1);

      List<String> then = new ArrayList<>();
      try (Billing next = world.program(store, world.gateway())) {
        next.imports().provider(CustomerOwners.UNKNOWN, ALONE.withListener(progress(then)));
      }

      assertThat(account.differences(store)).as("killed " + death.struck()).isEmpty();
      assertThat(Integer.parseInt(then.get(0)))
          .as("begins where it stood, killed " + death.struck())
          .isGreaterThanOrEqualTo(ended ? 0 : Integer.parseInt(last));
    }
    assertThat(struck).isGreaterThan(40);
  }

  private static ImportListener progress(List<String> done) {
    return new ImportListener() {
      @Override
      public void progress(long count, long total, long before) {
        done.add(Long.toString(count));
      }
    };
  }

  @Test
  void whatChangesWhileItIsReadIsReadAgain() {
    List<String> customers = account.fill(30, List.of(basic), 2);
    AtomicInteger commits = new AtomicInteger();
    BillingStore disturbed = beforeEachCommit(() -> {
      if (commits.getAndIncrement() == 0) {
        account.subscribe(customers.get(25), basic, BareAccount.PAYS);
        world.settle();
      }
    });

    try (Billing billing = world.program(disturbed, world.gateway())) {
      ImportReport report = billing.imports().provider(CustomerOwners.UNKNOWN, ALONE);
      assertThat(report.refused()).isEmpty();
    }

    assertThat(commits.get()).as("the stale customers are read again").isGreaterThan(2);
    assertThat(account.differences(world.store())).isEmpty();
  }

  @SuppressWarnings("unchecked")
  private BillingStore beforeEachCommit(Runnable disturbance) {
    ProjectionStore good = world.store().projections();
    ProjectionStore disturbed = replacing(ProjectionStore.class, good, "commit", arguments -> {
      disturbance.run();
      return good.commit((List<Unit>) arguments[0], (Instant) arguments[1]);
    });
    return replacing(BillingStore.class, world.store(), "projections", arguments -> disturbed);
  }

  @Test
  void aCustomerThatIsDeletedMeanwhileIsLeftOut() {
    List<String> customers = account.fill(30, List.of(basic), 4);
    String gone = customers.get(28);
    AtomicInteger asked = new AtomicInteger();
    PaymentGateway deleting = deletingAfter(2, gone, asked);

    try (Billing billing = world.program(world.store(), deleting)) {
      ImportReport report = billing.imports().provider(CustomerOwners.UNKNOWN, ALONE);

      assertThat(report.refused()).isEmpty();
      assertThat(report.of("customers")).isEqualTo(new Counts(29, 0, 0, 1));
    }
    Map<String, String> differences = account.differences(world.store());
    assertThat(differences.values()).allMatch(both -> both.endsWith("mirrored: nothing"));
    assertThat(differences.entrySet().stream().filter(row -> row.getKey().endsWith(".customer")))
        .as("nothing is missing but what was the deleted one's")
        .hasSize(2)
        .allMatch(row -> row.getValue().contains(gone));
  }

  private PaymentGateway deletingAfter(int pages, String customer, AtomicInteger asked) {
    CustomerList good = world.gateway().customerList();
    CustomerList list = (after, limit) -> {
      var page = good.page(after, limit);
      if (asked.incrementAndGet() == pages) {
        account.delete(customer);
      }
      return page;
    };
    return replacing(PaymentGateway.class, world.gateway(), "customerList", arguments -> list);
  }

  @Test
  void anOutageIsWaitedFor() {
    account.fill(30, List.of(basic), 6);
    world.engine().fail(new Fault("GET /v1/invoices", 429, When.BEFORE), 4);
    List<Duration> pauses = new ArrayList<>();

    ImportReport report = all(CustomerOwners.UNKNOWN, ALONE.withListener(new ImportListener() {
      @Override
      public void waiting(Duration pause, String why) {
        pauses.add(pause);
      }
    }));

    assertThat(pauses).hasSize(4).allMatch(pause -> pause.toSeconds() >= 5);
    assertThat(report.of("customers")).isEqualTo(new Counts(30, 0, 0, 0));
    assertThat(account.differences(world.store())).isEmpty();
  }

  @Test
  void anOutageThatDoesNotEndEndsTheRunAndTheNextGoesOn() {
    account.fill(30, List.of(basic), 6);
    world.engine().fail(new Fault("GET /v1/invoices", 500, When.BEFORE), 1_000);

    assertThatThrownBy(() -> all(CustomerOwners.UNKNOWN, ALONE))
        .isInstanceOf(ProviderUnavailable.class);

    world.engine().clearFaults();
    all(CustomerOwners.UNKNOWN, ALONE);
    assertThat(account.differences(world.store())).isEmpty();
  }

  @Test
  void theRunThatWasStartedLastGoesOnAndTheOtherEnds() {
    account.fill(60, List.of(basic), 8);
    AtomicBoolean second = new AtomicBoolean();
    ImportListener other = new ImportListener() {
      @Override
      public void progress(long done, long total, long before) {
        if (done > 0 && second.compareAndSet(false, true)) {
          all(CustomerOwners.UNKNOWN, ALONE);
        }
      }
    };

    assertThatThrownBy(() -> all(CustomerOwners.UNKNOWN, ALONE.withListener(other)))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("Another import");
    assertThat(account.differences(world.store())).isEmpty();
  }

  @Test
  void pricesThatTheCatalogDoesNotSellAreTold() {
    String strange = account.price("strange", 700);
    account.subscribe(account.customer(Map.of()), strange, BareAccount.PAYS);

    assertThat(all(CustomerOwners.UNKNOWN, ImportSettings.DEFAULT).unsold())
        .containsExactly(Map.entry(strange, 1L));
  }

  private ImportReport all(CustomerOwners owners, ImportSettings settings) {
    return world.billing().imports().provider(owners, settings);
  }

  private static CustomerOwners owner(String customer, AccountId account) {
    return id -> id.equals(customer) ? Optional.of(account) : Optional.empty();
  }

  private Optional<String> linked(AccountId owner) {
    return world.store().customers().find(owner).map(CustomerLink::customerId);
  }

  private interface Replacement {
    Object call(Object[] arguments) throws Throwable;
  }

  private static <T> T replacing(Class<T> type, T good, String name, Replacement replacement) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
          try {
            return method.getName().equals(name)
                ? replacement.call(arguments)
                : method.invoke(good, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        }));
  }
}
