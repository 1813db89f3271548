package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a gateway finds of commands whose answers were lost, and how it reports a stored failure. */
public interface CommandTracesContract extends GatewayUnderTest {

  @Test
  default void failureStoredUnderTheKeyIsReplayed() {
    String command = Ids.next("command");
    String key = Ids.next("key");
    provider().fail(ProviderControl.Outage.FAILURE_KEPT, 1);
    assertThatItFails(Execution.UNKNOWN, command, key);
    provider().recover();

    assertThatItFails(Execution.REPLAYED_FAILURE, command, key);

    assertThat(madeCustomer(command, lately())).isPresent();
  }

  @Test
  default void aCustomerIsFoundByTheCommandThatMadeIt() {
    String command = Ids.next("command");
    Customer customer = customer(command, Ids.next("key"));
    customer(Ids.next("command"), Ids.next("key"));

    assertThat(madeCustomer(command, lately())).contains(customer.ref());
    assertThat(madeCustomer(Ids.next("command"), lately())).isEmpty();
  }

  @Test
  default void aCustomerIsFoundBehindAHundredOthers() {
    String command = Ids.next("command");
    Customer customer = customer(command, Ids.next("key"));
    for (int i = 0; i < 101; i++) {
      customer(Ids.next("command"), Ids.next("key"));
    }

    assertThat(madeCustomer(command, lately())).contains(customer.ref());
  }

  @Test
  default void whatWasMadeBeforeIsNotLookedAt() {
    String command = Ids.next("command");
    String key = Ids.next("key");
    customer(command, key);
    Instant later = provider().now().plusSeconds(1);
    provider().advance(Duration.ofDays(2));

    assertThat(madeCustomer(command, later)).isEmpty();
    assertThat(gateway().traces().changed(ObjectKind.CUSTOMER, key, later)).isEmpty();
  }

  @Test
  default void aCheckoutIsFoundAmongThoseOfItsCustomer() {
    Buyer buyer = buyer();
    String command = Ids.next("command");
    CheckoutSession session = GatewayCalls.state(
        gateway().checkouts().create(buyer.checkout(0), command, Ids.next("key")),
        CheckoutSession.class);
    open(buyer, 0);

    assertThat(madeSession(buyer, command)).contains(session.ref());
    assertThat(madeSession(buyer(), command)).isEmpty();
    assertThatThrownBy(() -> gateway()
            .traces()
            .made(ObjectKind.CHECKOUT_SESSION, Optional.empty(), command, lately()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void aSubscriptionIsFoundAsWhatACommandChangedByTheKeyAlone() {
    Buyer buyer = buyer();
    String id = bought(buyer);
    String key = Ids.next("key");
    gateway().subscriptions().cancelAtPeriodEnd(id, Optional.empty(), key);
    gateway().subscriptions().keep(id, Ids.next("key"));

    assertThat(gateway().traces().changed(ObjectKind.SUBSCRIPTION, key, lately()))
        .contains(new ObjectRef(ObjectKind.SUBSCRIPTION, id));
    assertThat(gateway().traces().changed(ObjectKind.SUBSCRIPTION, Ids.next("key"), lately()))
        .isEmpty();
    assertThat(gateway().traces().changed(ObjectKind.CUSTOMER, key, lately())).isEmpty();
  }

  @Test
  default void aKeyIsTheSameUpToAColonAndNotUpToAnyOtherSign() {
    String key = Ids.next("key");
    Customer customer = customer(Ids.next("command"), key + ":1:more");

    assertThat(gateway().traces().changed(ObjectKind.CUSTOMER, key + ":1", lately()))
        .contains(customer.ref());
    assertThat(gateway().traces().changed(ObjectKind.CUSTOMER, key + ":1:mo", lately()))
        .isEmpty();
  }

  @Test
  default void aProviderThatIsDownProvesNothing() {
    provider().fail(ProviderControl.Outage.NOT_EXECUTED, 1_000);

    assertThatThrownBy(() -> madeCustomer(Ids.next("command"), lately()))
        .isInstanceOf(ProviderUnavailable.class);
    assertThatThrownBy(
            () -> gateway().traces().changed(ObjectKind.CUSTOMER, Ids.next("key"), lately()))
        .isInstanceOf(ProviderUnavailable.class);

    provider().recover();
  }

  private Instant lately() {
    return provider().now().minus(Duration.ofDays(1));
  }

  private Optional<ObjectRef> madeCustomer(String command, Instant since) {
    return gateway().traces().made(ObjectKind.CUSTOMER, Optional.empty(), command, since);
  }

  private Optional<ObjectRef> madeSession(Buyer buyer, String command) {
    return gateway()
        .traces()
        .made(ObjectKind.CHECKOUT_SESSION, Optional.of(buyer.customerId()), command, lately());
  }

  private Customer customer(String command, String key) {
    return GatewayCalls.state(create(command, key), Customer.class);
  }

  private Observation create(String command, String key) {
    AccountId account = new AccountId("account_of_" + command);
    return gateway()
        .customers()
        .create(new NewCustomer(account, Optional.empty(), Optional.empty()), command, key);
  }

  private void assertThatItFails(Execution execution, String command, String key) {
    assertThatThrownBy(() -> create(command, key))
        .isInstanceOfSatisfying(
            ProviderUnavailable.class,
            failure -> assertThat(failure.execution()).isEqualTo(execution));
  }

  private String bought(Buyer buyer) {
    CheckoutSession session = open(buyer, 0);
    assertThat(provider().pay(session.id(), GatewayCalls.PAYS)).isTrue();
    return GatewayCalls.read(gateway(), session).subscriptionId().orElseThrow();
  }
}
