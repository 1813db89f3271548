package com.tatame.billing.projection;

import static com.tatame.billing.projection.SubscriptionFixture.ALICE;
import static com.tatame.billing.projection.SubscriptionFixture.CUSTOMER;
import static com.tatame.billing.projection.SubscriptionFixture.START;
import static com.tatame.billing.projection.SubscriptionFixture.customer;
import static com.tatame.billing.projection.SubscriptionFixture.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProjectorTest {
  private final RowsInMemory rows =
      new RowsInMemory(new SubjectId(CUSTOMER), new Projector(SubscriptionFixture.catalog()));

  @Test
  void aSubscriptionCarriesTheTierThatItsPriceSells() {
    see(subscription("sub_1", "pro", SubscriptionStatus.ACTIVE), 1);
    Subscription stored =
        (Subscription) rows.rows.values().iterator().next().state().orElseThrow();
    assertThat(stored.tier()).contains("pro");
    assertThat(stored.interval()).contains(BillingInterval.MONTHLY);
  }

  @Test
  void aCustomerThatWeMadeIsLinkedToItsAccount() {
    see(customer(Optional.of(ALICE)), 1);
    assertThat(rows.linked).contains(ALICE);
  }

  @Test
  void aCustomerWithoutOurMetadataStaysUnclaimed() {
    see(customer(Optional.empty()), 1);
    assertThat(rows.linked).isEmpty();
  }

  @Test
  void aSecondCustomerOfAnAccountIsNotAdopted() {
    rows.customerOf.put(ALICE, "cus_other");
    see(customer(Optional.of(ALICE)), 1);
    assertThat(rows.linked).isEmpty();
    assertThat(rows.alarms).isNotEmpty();
  }

  @Test
  void aLinkedCustomerKeepsItsAccountWhateverItsMetadataSayLater() {
    see(customer(Optional.of(ALICE)), 1);
    see(customer(Optional.of(new AccountId("user_mallory"))), 2);
    assertThat(rows.linked).contains(ALICE);
    assertThat(rows.alarms).isNotEmpty();
  }

  @Test
  void linkingDerivesTheEntitlementFromWhatWasKnownBefore() {
    see(subscription("sub_1", "pro", SubscriptionStatus.TRIALING), 1);
    assertThat(rows.entitlement()).isEmpty();
    see(customer(Optional.of(ALICE)), 2);
    assertThat(rows.entitlement().orElseThrow().sources().get(0).tier()).isEqualTo("pro");
  }

  @Test
  void theEndOfASubscriptionTakesItsEntitlementAway() {
    see(customer(Optional.of(ALICE)), 1);
    see(subscription("sub_1", "pro", SubscriptionStatus.ACTIVE), 2);
    see(subscription("sub_1", "pro", SubscriptionStatus.CANCELED), 3);
    assertThat(rows.entitlement().orElseThrow().sources()).isEmpty();
  }

  @Test
  void aSnapshotOfAnUnfinishedObjectAsksForAReadAndAFinalOneDoesNot() {
    see(subscription("sub_1", "pro", SubscriptionStatus.ACTIVE), 1);
    assertThat(rows.pending).hasSize(1);
    see(subscription("sub_2", "pro", SubscriptionStatus.CANCELED), 1);
    assertThat(rows.pending).hasSize(1);
  }

  @Test
  void aReadSettlesWhatSnapshotsAskedFor() {
    Subscription active = subscription("sub_1", "pro", SubscriptionStatus.ACTIVE);
    see(active, 1);
    rows.see(List.of(Observation.read(active, START.plusSeconds(3))));
    assertThat(rows.pending).isEmpty();
  }

  @Test
  void twoEventsOfOneHappeningTellOneFact() {
    Subscription active = subscription("sub_1", "pro", SubscriptionStatus.ACTIVE);
    see(active, 1);
    see(active, 2);
    assertThat(rows.facts.keySet()).containsExactly("sub_1:created");
  }

  @Test
  void aSnapshotThatComesTooLateToChangeTheRowStillTellsItsFacts() {
    see(subscription("sub_1", "pro", SubscriptionStatus.PAST_DUE), 5);
    rows.facts.clear();
    see(subscription("sub_1", "pro", SubscriptionStatus.ACTIVE), 1);
    assertThat(rows.facts.keySet()).containsExactly("sub_1:created");
  }

  private void see(ProviderObject state, int second) {
    rows.see(List.of(Observation.snapshot(state, START.plusSeconds(second), "evt_" + second)));
  }
}
