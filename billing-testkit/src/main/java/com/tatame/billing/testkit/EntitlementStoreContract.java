package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The derived entitlements. */
public interface EntitlementStoreContract extends StoreUnderTest {

  @Test
  default void anAccountThatNeverHadASubscriptionHasNoEntitlement() {
    Linked linked = Commits.aLinkedCustomer(store(), Ids.morning());

    assertThat(store().entitlements().find(linked.account())).isEmpty();
  }

  @Test
  default void anEntitlementKeepsItsSourcesInTheirOrder() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    AccountEntitlement entitlement = new AccountEntitlement(
        linked.account(),
        List.of(
            new Source("sub_z", "team", SubscriptionStatus.PAST_DUE, Optional.of(now)),
            new Source("sub_a", "pro", SubscriptionStatus.TRIALING, Optional.empty()),
            new Source("sub_m", "basic", SubscriptionStatus.ACTIVE, Optional.empty())));

    Commits.apply(store(), linked.subject(), now, List.of(Commits.entitle(entitlement, now)));

    assertThat(store().entitlements().find(linked.account())).contains(entitlement);
  }

  @Test
  default void anEntitlementIsReplacedWhole() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    AccountEntitlement rich = new AccountEntitlement(
        linked.account(),
        List.of(
            new Source("sub_1", "team", SubscriptionStatus.ACTIVE, Optional.empty()),
            new Source("sub_2", "pro", SubscriptionStatus.ACTIVE, Optional.empty())));
    AccountEntitlement poor = new AccountEntitlement(
        linked.account(),
        List.of(new Source("sub_2", "pro", SubscriptionStatus.ACTIVE, Optional.empty())));
    AccountEntitlement none = new AccountEntitlement(linked.account(), List.of());

    for (AccountEntitlement each : List.of(rich, poor, none)) {
      Commits.apply(store(), linked.subject(), now, List.of(Commits.entitle(each, now)));
      assertThat(store().entitlements().find(linked.account())).contains(each);
    }
  }

  @Test
  default void oneAccountsEntitlementIsNotAnothers() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(Commits.entitle(new AccountEntitlement(linked.account(), List.of()), now)));

    assertThat(store().entitlements().find(Ids.account())).isEmpty();
  }
}
