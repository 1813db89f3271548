package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The adapter against a simulated account, over HTTP. */
class SimulatorTest extends OnSimulatedAccount {
  @Test
  void aSignOfLifeIsGiven() {
    gateway.ping();
  }

  @Test
  void theCatalogIsListed() {
    assertThat(states(gateway.products().products())).hasSize(1);
    assertThat(states(gateway.products().prices()))
        .singleElement()
        .extracting("id", "unitAmount", "lookupKey")
        .containsExactly(price, Optional.of(2900L), Optional.of("pro_monthly"));
  }

  @Test
  void aKeyMakesOneCustomerHoweverOftenItIsUsed() {
    Observation first = customer("k1");
    Observation again = customer("k1");

    assertThat(again.object()).isEqualTo(first.object());
    assertThat(customer("k2").object()).isNotEqualTo(first.object());
    assertThat(first.asOf()).isEqualTo(simulator.now());
    assertThat(first.state()).get().extracting("account").isEqualTo(Optional.of(ACCOUNT));
  }

  @Test
  void aKeyIsNotForTwoRequests() {
    customer("k1");
    ProviderRejected rejected = catchThrowableOfType(
        ProviderRejected.class,
        () -> gateway
            .customers()
            .create(
                new NewCustomer(ACCOUNT, Optional.of("b@example.test"), Optional.empty()),
                "c2",
                "k1"));

    assertThat(rejected.providerCode()).startsWith("idempotency");
  }

  @Test
  void whatWasExecutedBeforeAnAnswerWasLostIsNotExecutedTwice() {
    simulator.fail(new Fault("POST /v1/customers", 500, Fault.When.LOST), 1);
    ProviderUnavailable lost =
        catchThrowableOfType(ProviderUnavailable.class, () -> customer("k1"));
    assertThat(lost.execution()).isEqualTo(Execution.UNKNOWN);

    Observation found = customer("k1");
    assertThat(found.state()).isPresent();
    assertThat(simulator
            .call(Request.of("GET", "/v1/customers", Map.of()))
            .body()
            .split("\"object\":\\s*\"customer\"", -1))
        .hasSize(2);
  }

  @Test
  void aStoredServerErrorIsNoticedWhenItComesAgain() {
    simulator.fail(new Fault("POST /v1/customers", 500, Fault.When.AFTER), 1);
    assertThat(catchThrowableOfType(ProviderUnavailable.class, () -> customer("k1")))
        .isNotNull();

    assertThat(catchThrowableOfType(ProviderUnavailable.class, () -> customer("k1")))
        .hasMessageContaining("stored server error");
  }

  @Test
  void rateLimitsAreWaitedOut() {
    simulator.fail(new Fault("POST /v1/customers", 429, Fault.When.BEFORE), 3);

    assertThat(customer("k1").state()).isPresent();
  }

  @Test
  void aCheckoutIsPaidAndItsSubscriptionIsSteered() throws IOException, InterruptedException {
    String customer = customer("k1").object().id();
    Observation opened = checkout(customer, 0);
    CheckoutSession session = (CheckoutSession) opened.state().orElseThrow();
    assertThat(session.status()).isEqualTo(CheckoutSession.Status.OPEN);
    assertThat(session.account()).contains(ACCOUNT);
    assertThat(session.commandId()).contains("4f1c");

    pay(session);
    Observation paid = gateway.reads().read(opened.object(), opened.subject());
    CheckoutSession complete = (CheckoutSession) paid.state().orElseThrow();
    assertThat(complete.status()).isEqualTo(CheckoutSession.Status.COMPLETE);
    assertThat(complete.paid()).isTrue();
    String id = complete.subscriptionId().orElseThrow();

    Subscription active = subscription(
        gateway.reads().read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), paid.subject()));
    assertThat(active.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(active.account()).contains(ACCOUNT);

    Subscription ending = subscription(
        gateway.subscriptions().cancelAtPeriodEnd(id, Optional.of("too many mails"), "k3"));
    assertThat(ending.cancelAtPeriodEnd()).isTrue();
    assertThat(ending.cancelAt()).contains(ending.currentPeriodEnd());
    assertThat(ending.cancelReason()).contains("too many mails");

    Subscription kept = subscription(gateway.subscriptions().keep(id, "k4"));
    assertThat(kept.cancelAtPeriodEnd()).isFalse();
    assertThat(kept.cancelAt()).isEmpty();

    Subscription canceled =
        subscription(gateway.subscriptions().cancelNow(id, Optional.empty(), "k5"));
    assertThat(canceled.status()).isEqualTo(SubscriptionStatus.CANCELED);
    assertThat(subscription(gateway.subscriptions().cancelNow(id, Optional.empty(), "k5")))
        .isEqualTo(canceled);
    assertThat(states(gateway.subscriptions().ofCustomer(customer))).containsExactly(canceled);
  }

  @Test
  void aCancelAtThatEqualsThePeriodsEndIsTakenBackToo() throws IOException, InterruptedException {
    Subscription active = paidSubscription(0);
    simulator.call(Request.of(
        "POST",
        "/v1/subscriptions/" + active.id(),
        Map.of("cancel_at", Long.toString(active.currentPeriodEnd().getEpochSecond()))));
    Observation read = gateway.reads().read(active.ref(), active.subject());
    assertThat(subscription(read).cancelAtPeriodEnd()).isTrue();

    Subscription kept = subscription(gateway.subscriptions().keep(active.id(), "k3"));
    assertThat(kept.cancelAtPeriodEnd()).isFalse();
    assertThat(kept.cancelAt()).isEmpty();
  }

  @Test
  void anOpenSessionIsExpired() {
    Observation opened = checkout(customer("k1").object().id(), 0);

    Observation expired = gateway.checkouts().expire(opened.object().id(), "k3");
    assertThat(expired.state())
        .get()
        .extracting("status")
        .isEqualTo(CheckoutSession.Status.EXPIRED);
    assertThat(catchThrowableOfType(
            ProviderRejected.class,
            () -> gateway.checkouts().expire(opened.object().id(), "k4")))
        .isNotNull();
  }

  @Test
  void whatDoesNotExistIsAbsentAsOfTheSimulatedTime() {
    ObjectRef ref = new ObjectRef(ObjectKind.SUBSCRIPTION, "sub_unknown");
    Observation seen = gateway.reads().read(ref, new SubjectId("cus_1"));

    assertThat(seen.content()).isInstanceOf(Observation.Gone.class);
    assertThat(seen.asOf()).isEqualTo(simulator.now());
  }

  private static List<ProviderObject> states(List<Observation> seen) {
    return seen.stream().map(observation -> observation.state().orElseThrow()).toList();
  }
}
