package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.customer.CustomerList.Cursor;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How all customers of an account are walked through. */
public interface CustomerListContract extends GatewayUnderTest {

  @Test
  default void allCustomersAreListedPageByPageNewestFirst() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      made.add(0, buyer().customerId());
    }

    List<String> listed = new ArrayList<>();
    Optional<Cursor> after = Optional.empty();
    for (int page = 0; page < 3; page++) {
      List<Observation> customers = list().page(after, 2);
      assertThat(customers).hasSize(2).allSatisfy(seen -> {
        assertThat(seen.source()).isEqualTo(Source.READ);
        assertThat(seen.state())
            .contains(GatewayCalls.read(gateway(), GatewayCalls.state(seen, Customer.class)));
      });
      customers.forEach(seen -> listed.add(seen.object().id()));
      after = Optional.of(cursor(customers.get(1)));
    }

    assertThat(listed).isEqualTo(made.subList(0, 6));
    assertThat(list().page(after, 1))
        .extracting(seen -> seen.object().id())
        .containsExactly(made.get(6));
  }

  @Test
  default void behindTheLastCustomerThereAreNone() {
    buyer();
    Optional<Cursor> after = Optional.empty();
    List<Observation> page = list().page(after, CustomerList.MAX_PAGE);
    while (page.size() == CustomerList.MAX_PAGE) {
      after = Optional.of(cursor(page.get(page.size() - 1)));
      page = list().page(after, CustomerList.MAX_PAGE);
    }
    if (!page.isEmpty()) {
      after = Optional.of(cursor(page.get(page.size() - 1)));
    }

    assertThat(list().page(after, 10)).isEmpty();
  }

  @Test
  default void aProviderThatIsDownHasNoCustomersToTell() {
    buyer();
    provider().fail(ProviderControl.Outage.NOT_EXECUTED, 1_000);

    assertThatThrownBy(() -> list().page(Optional.empty(), 10))
        .isInstanceOf(ProviderUnavailable.class);

    provider().recover();
    assertThat(list().page(Optional.empty(), 10)).isNotEmpty();
  }

  private static Cursor cursor(Observation seen) {
    Customer customer = GatewayCalls.state(seen, Customer.class);
    return new Cursor(customer.id(), Optional.of(customer.createdAt()));
  }

  private CustomerList list() {
    return gateway().customerList();
  }
}
