package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.CustomerUpdate;
import com.tatame.billing.customer.CustomerUpdate.Field;
import com.tatame.billing.customer.PostalAddress;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What can be changed of a customer. */
public interface CustomerDetailsContract extends GatewayUnderTest {

  @Test
  default void customerKeepsWhatIsNotChanged() {
    String customer = buyer().customerId();
    changed(customer, CustomerUpdate.none().withName(Field.to("Ada")));

    Customer mailed =
        changed(customer, CustomerUpdate.none().withEmail(Field.to("billing@example.com")));
    assertThat(mailed.email()).contains("billing@example.com");
    assertThat(mailed.name()).contains("Ada");
    assertThat(mailed.account()).isPresent();

    Customer nameless = changed(customer, CustomerUpdate.none().withName(Field.cleared()));
    assertThat(nameless.email()).contains("billing@example.com");
    assertThat(nameless.name()).isEmpty();
    assertThat(GatewayCalls.read(gateway(), nameless)).isEqualTo(nameless);
  }

  @Test
  default void customerTakesAndLosesAnAddressAndTakesALocale() {
    String customer = buyer().customerId();
    PostalAddress berlin = new PostalAddress(
        Optional.of("Unter den Linden 1"),
        Optional.empty(),
        Optional.of("Berlin"),
        Optional.empty(),
        Optional.of("10117"),
        "DE");

    CustomerUpdate moved = CustomerUpdate.none().withAddress(Field.to(berlin)).withLocale("pt-BR");
    assertThat(changed(customer, moved).id()).isEqualTo(customer);
    assertThat(changed(customer, CustomerUpdate.none().withAddress(Field.cleared()))
            .id())
        .isEqualTo(customer);
  }

  @Test
  default void repeatedChangeDoesNotUndoALaterOne() {
    String customer = buyer().customerId();
    String key = Ids.next("key");
    CustomerUpdate first = CustomerUpdate.none().withName(Field.to("First"));
    gateway().customerDetails().update(customer, first, key);
    changed(customer, CustomerUpdate.none().withName(Field.to("Second")));

    Observation again = gateway().customerDetails().update(customer, first, key);

    assertThat(GatewayCalls.state(again, Customer.class).name()).contains("Second");
  }

  @Test
  default void customerThatIsNoneIsNotChanged() {
    assertThatThrownBy(
            () -> changed(Ids.next("cus_none"), CustomerUpdate.none().withName(Field.to("Nobody"))))
        .isInstanceOf(ProviderRejected.class);
  }

  private Customer changed(String customer, CustomerUpdate update) {
    Observation answer = gateway().customerDetails().update(customer, update, Ids.next("key"));
    assertThat(answer.source()).isEqualTo(Source.READ);
    return GatewayCalls.state(answer, Customer.class);
  }
}
