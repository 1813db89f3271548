package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.catalog.Product;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.Drift.Cause;
import com.tatame.billing.drift.DriftPolicy;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is stored is compared with what the provider holds, over and over. */
class DriftTest {
  private static final Duration TURN = Duration.ofSeconds(16);

  @Test
  void whatIsEqualIsProvenAndNothingIsListed() {
    try (BillingWorld world = world(DriftPolicy.REPAIR)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.FAILS_AT_RENEWAL);
      Shopper bob = Shopper.named("bob", world);
      bob.buys("basic", Shopper.PAYS);
      world.advance(Duration.ofDays(40));

      turns(world, 40);

      assertThat(drifts(world)).isEmpty();
      for (Shopper shopper : List.of(ada, bob)) {
        assertThat(world.billing().drift().provenAt(shopper.customerId()))
            .hasValueSatisfying(at ->
                assertThat(at).isAfter(world.wallClock().instant().minus(Duration.ofMinutes(2))));
      }
    }
  }

  @Test
  void manuallyAlteredRowIsFoundExplainedAndRepaired() {
    try (BillingWorld world = world(DriftPolicy.REPAIR)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      alter(world, ada);
      assertThat(MirroredState.differences(world)).isNotEmpty();

      turns(world, 30);

      assertThat(MirroredState.differences(world)).isEmpty();
      assertThat(drifts(world)).singleElement().satisfies(drift -> {
        assertThat(drift.cause()).isEqualTo(Cause.ROW_ALTERED);
        assertThat(drift.customerId()).isEqualTo(ada.customerId());
        assertThat(drift.difference().kind()).isEqualTo("customer");
        assertThat(drift.difference().before()).containsExactly(Map.entry("name", "Mallory"));
        assertThat(drift.difference().after()).doesNotContainEntry("name", "Mallory");
        assertThat(drift.repairedBy()).contains("monitor");
      });
    }
  }

  @Test
  void aRowThatIsWronglyFinalIsListedAsContradictionAndRepaired() {
    try (BillingWorld world = world(DriftPolicy.REPAIR)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      SubjectId subject = new SubjectId(ada.customerId());
      Subscription living = world.store().subscriptions().all(ada.account()).get(0);
      put(world, subject, new ObjectRef(ObjectKind.SUBSCRIPTION, living.id()), ended(living));
      assertThat(world.store().subscriptions().all(ada.account()).get(0).terminal())
          .isTrue();

      turns(world, 30);

      assertThat(MirroredState.differences(world)).isEmpty();
      assertThat(drifts(world))
          .filteredOn(drift -> drift.difference().kind().equals("subscription"))
          .singleElement()
          .satisfies(drift -> {
            assertThat(drift.cause()).isEqualTo(Cause.CONTRADICTION);
            assertThat(drift.difference().before()).containsEntry("status", "canceled");
            assertThat(drift.difference().after()).containsEntry("status", "trialing");
            assertThat(drift.repairedBy()).contains("monitor");
          });
    }
  }

  private static Subscription ended(Subscription living) {
    return new Subscription(
        living.id(),
        living.customerId(),
        SubscriptionStatus.CANCELED,
        living.account(),
        living.tier(),
        living.interval(),
        living.items(),
        living.createdAt(),
        living.currentPeriodStart(),
        living.currentPeriodEnd(),
        living.trialStart(),
        living.trialEnd(),
        living.cancelAtPeriodEnd(),
        living.cancelAt(),
        Optional.of(living.currentPeriodStart()),
        living.cancelReason(),
        Optional.of(living.currentPeriodStart()),
        living.collectionPaused(),
        living.discount(),
        living.selfPause(),
        living.defaultPaymentMethodId());
  }

  @Test
  void aProductBelongsToNoCustomerAndIsRepairedAllTheSame() {
    try (BillingWorld world = world(DriftPolicy.REPAIR)) {
      Product sold = world
          .store()
          .products()
          .products(Optional.of(true), Optional.empty(), 1)
          .get(0);
      put(
          world,
          sold.subject(),
          sold.ref(),
          new Product(
              sold.id(),
              "Mallory's plan",
              sold.description(),
              false,
              sold.metadata(),
              sold.createdAt()));

      turns(world, 30);

      assertThat(MirroredState.differences(world)).isEmpty();
      assertThat(drifts(world)).singleElement().satisfies(drift -> {
        assertThat(drift.cause()).isEqualTo(Cause.ROW_ALTERED);
        assertThat(drift.customerId()).isEqualTo(sold.id());
        assertThat(drift.difference().before())
            .containsEntry("name", "Mallory's plan")
            .containsEntry("active", "false");
        assertThat(drift.difference().after()).containsEntry("name", sold.name());
        assertThat(drift.repairedBy()).contains("monitor");
      });
      assertThat(world.billing().drift().open()).isZero();
    }
  }

  @Test
  void aCustomerThatIsWronglyGoneIsFound() {
    try (BillingWorld world = world(DriftPolicy.REPAIR)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      SubjectId subject = new SubjectId(ada.customerId());
      ObjectRef customer = new ObjectRef(ObjectKind.CUSTOMER, ada.customerId());
      commit(
          world,
          subject,
          customer,
          new Change.Tombstone(customer, world.wallClock().instant(), Source.READ));
      assertThat(MirroredState.differences(world)).isNotEmpty();

      turns(world, 30);

      assertThat(MirroredState.differences(world)).isEmpty();
      assertThat(drifts(world))
          .filteredOn(drift -> drift.difference().kind().equals("customer"))
          .singleElement()
          .satisfies(drift -> assertThat(drift.cause()).isEqualTo(Cause.CONTRADICTION));
    }
  }

  @Test
  void aCustomerThatNamesAnotherAccountIsListedAndLeftToAPerson() {
    try (BillingWorld world = world(DriftPolicy.REPAIR)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      Shopper bob = Shopper.named("bob", world);
      String key = "billing_account";
      SimulatorReads.call(
          world,
          Request.of(
              "POST",
              "/v1/customers/" + ada.customerId(),
              Map.of("metadata", Map.of(key, bob.account().value()))));
      world.settle();

      turns(world, 60);

      Drift link = drifts(world).stream()
          .filter(drift -> drift.difference().kind().equals("link"))
          .findFirst()
          .orElseThrow();
      assertThat(link.cause()).isEqualTo(Cause.LINK_CONFLICT);
      assertThat(link.difference().before())
          .containsExactly(Map.entry("account", ada.account().value()));
      assertThat(link.difference().after())
          .containsExactly(Map.entry("account", bob.account().value()));
      assertThat(link.repairedAt()).isEmpty();
      assertThat(world.billing().drift().open()).isEqualTo(1);
      assertThatThrownBy(() -> world.billing().drift().repair(link.id(), "user_admin"))
          .isInstanceOf(Conflict.class)
          .hasMessageContaining("link_conflict");

      SimulatorReads.call(
          world,
          Request.of(
              "POST",
              "/v1/customers/" + ada.customerId(),
              Map.of("metadata", Map.of(key, ada.account().value()))));
      world.settle();
      turns(world, 60);

      assertThat(world.billing().drift().open()).isZero();
      assertThat(drifts(world))
          .singleElement()
          .satisfies(drift -> assertThat(drift.repairedBy()).contains("monitor"));
    }
  }

  @Test
  void whatTheProviderAnnouncesNotAtAllIsTakenOverAndNotListed() {
    try (BillingWorld world = world(DriftPolicy.REPAIR)) {
      SimulatorReads.call(
          world,
          Request.of(
              "POST",
              "/v1/coupons",
              Map.of("id", "spring", "name", "Spring", "percent_off", "10", "duration", "once")));
      world.settle();
      Coupon held = world.store().promotions().coupons(Set.of("spring")).get(0);
      put(world, held.subject(), held.ref(), redeemed(held, 7));

      turns(world, 5);

      assertThat(world.store().promotions().coupons(Set.of("spring"))).containsExactly(held);
      assertThat(drifts(world)).isEmpty();
    }
  }

  private static Coupon redeemed(Coupon coupon, long times) {
    return new Coupon(
        coupon.id(),
        coupon.name(),
        coupon.percentOff(),
        coupon.amountOff(),
        coupon.duration(),
        coupon.durationInMonths(),
        coupon.maxRedemptions(),
        times,
        coupon.redeemBy(),
        coupon.metadata(),
        coupon.createdAt());
  }

  @Test
  void whereOnlyReportsAreWantedAnAdministratorRepairs() {
    try (BillingWorld world = world(DriftPolicy.REPORT)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      alter(world, ada);
      turns(world, 60);
      assertThat(MirroredState.differences(world)).isNotEmpty();
      List<Drift> found = world.billing().drift().list(true, Optional.empty(), 10);
      assertThat(found).isNotEmpty();

      Drift repaired = world.billing().drift().repair(found.get(0).id(), "user_admin");

      assertThat(repaired.repairedBy()).contains("user_admin");
      assertThat(MirroredState.differences(world)).isEmpty();
      assertThat(world.billing().drift().list(true, Optional.empty(), 10)).isEmpty();
    }
  }

  @Test
  void anEventThatIsTooOldToBeFetchedIsMadeUpFor() {
    try (BillingWorld world = world(DriftPolicy.REPAIR)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      rename(world, ada, "Ada Lovelace");
      // By now the provider lists it no more.
      world.engine().advanceTo(world.engine().now().plus(Duration.ofDays(200)));
      world.deliver(new Disorder(false, 0, 100, 0));

      turns(world, 60);

      assertThat(MirroredState.differences(world)).isEmpty();
      assertThat(drifts(world))
          .filteredOn(drift -> drift.difference().kind().equals("customer"))
          .singleElement()
          .satisfies(drift -> {
            assertThat(drift.cause()).isEqualTo(Cause.EVENT_MISSED);
            assertThat(drift.difference().after()).containsEntry("name", "Ada Lovelace");
          });
    }
  }

  @Test
  void anEventOnItsWayIsNoDrift() {
    try (BillingWorld world = world(DriftPolicy.REPAIR)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      rename(world, ada, "Ada Lovelace");

      turns(world, 3);
      world.deliver(Disorder.NONE);
      turns(world, 60);

      assertThat(drifts(world)).isEmpty();
      assertThat(MirroredState.differences(world)).isEmpty();
    }
  }

  @Test
  void nothingIsComparedWhereThatIsSwitchedOff() {
    try (BillingWorld world = world(DriftPolicy.OFF)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      alter(world, ada);

      turns(world, 60);

      assertThat(drifts(world)).isEmpty();
      assertThat(world.billing().drift().provenAt(ada.customerId())).isEmpty();
      assertThat(MirroredState.differences(world)).isNotEmpty();
    }
  }

  private static BillingWorld world(DriftPolicy policy) {
    return BillingWorld.builder().drift(policy).build();
  }

  private static void turns(BillingWorld world, int count) {
    for (int i = 0; i < count; i++) {
      world.wallClock().advance(TURN);
      world.work();
    }
  }

  private static List<Drift> drifts(BillingWorld world) {
    return world.billing().drift().list(false, Optional.empty(), 100);
  }

  private static void rename(BillingWorld world, Shopper shopper, String name) {
    SimulatorReads.call(
        world, Request.of("POST", "/v1/customers/" + shopper.customerId(), Map.of("name", name)));
  }

  /** Writes what no event and no read ever said. */
  private static void alter(BillingWorld world, Shopper shopper) {
    SubjectId subject = new SubjectId(shopper.customerId());
    ObjectRef object = new ObjectRef(ObjectKind.CUSTOMER, subject.value());
    Customer before = Optional.ofNullable(known(world, subject, object).rows().get(object))
        .flatMap(StoredObject::state)
        .map(Customer.class::cast)
        .orElseThrow();
    Customer altered = new Customer(
        before.id(),
        before.account(),
        before.email(),
        Optional.of("Mallory"),
        before.delinquent(),
        before.createdAt(),
        before.defaultPaymentMethodId());
    put(world, subject, object, altered);
  }

  /** Writes a row past all rules, as an operator might by hand. */
  private static void put(
      BillingWorld world, SubjectId subject, ObjectRef object, ProviderObject altered) {
    commit(
        world, subject, object, new Change.Put(altered, world.wallClock().instant(), Source.READ));
  }

  private static void commit(
      BillingWorld world, SubjectId subject, ObjectRef object, Change change) {
    Unit unit = new Unit(
        subject,
        known(world, subject, object).version(),
        Optional.empty(),
        Set.of(),
        List.of(change));
    assertThat(
            world.store().projections().commit(List.of(unit), world.wallClock().instant()))
        .containsExactly(new CommitResult.Applied());
  }

  private static SubjectState known(BillingWorld world, SubjectId subject, ObjectRef object) {
    return world
        .store()
        .projections()
        .load(List.of(new SubjectQuery(subject, Set.of(object), Set.of())))
        .getOrDefault(subject, SubjectState.nothing(subject));
  }
}
