package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.projection.Change;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Payment methods as their account sees them, and nobody else. */
public interface PaymentMethodStoreContract extends StoreUnderTest {

  @Test
  default void paymentMethodsAreListedFromTheNewestToTheOldestPageByPage() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    List<PaymentMethod> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(bare(linked.customerId(), now.minusSeconds(i / 2)));
    }
    put(linked, now, all.toArray(PaymentMethod[]::new));

    assertThat(list(linked, Optional.empty(), 101)).containsExactlyElementsOf(all);
    assertThat(list(linked, Optional.empty(), 2)).containsExactlyElementsOf(all.subList(0, 2));
    assertThat(list(linked, Optional.of(all.get(1).id()), 2))
        .containsExactlyElementsOf(all.subList(2, 4));
    assertThat(list(linked, Optional.of(all.get(4).id()), 2)).isEmpty();
    assertThat(list(linked, Optional.of(Ids.next("pm")), 2)).isEmpty();
  }

  @Test
  default void aPaymentMethodIsFoundByItsAccountWithAllItsValues() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    PaymentMethod full = full(linked.customerId(), now);
    put(linked, now, full);

    assertThat(store().paymentMethods().find(linked.account(), full.id())).contains(full);
    assertThat(list(linked, Optional.empty(), 1)).containsExactly(full);
  }

  @Test
  default void somebodyElsesPaymentMethodIsNotFound() {
    Instant now = Ids.morning();
    Linked owner = Commits.aLinkedCustomer(store(), now);
    Linked other = Commits.aLinkedCustomer(store(), now);
    PaymentMethod owned = bare(owner.customerId(), now);
    put(owner, now, owned);

    assertThat(store().paymentMethods().find(other.account(), owned.id())).isEmpty();
    assertThat(store().paymentMethods().find(Ids.account(), owned.id())).isEmpty();
    assertThat(list(other, Optional.empty(), 101)).isEmpty();
    assertThat(store().paymentMethods().list(Ids.account(), Optional.empty(), 101))
        .isEmpty();
    assertThat(list(other, Optional.of(owned.id()), 101)).isEmpty();
    assertThat(store().paymentMethods().find(owner.account(), owned.id())).contains(owned);
  }

  @Test
  default void aPaymentMethodThatIsGoneAtTheProviderIsNotFound() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    PaymentMethod gone = bare(linked.customerId(), now);
    put(linked, now, gone);

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(new Change.Bury(gone.ref(), now.plusSeconds(1), Source.READ)));

    assertThat(store().paymentMethods().find(linked.account(), gone.id())).isEmpty();
    assertThat(list(linked, Optional.empty(), 101)).isEmpty();
  }

  private void put(Linked linked, Instant now, PaymentMethod... methods) {
    List<Change> changes = new ArrayList<>();
    for (PaymentMethod method : methods) {
      changes.add(Commits.put(method, now));
    }
    Commits.apply(store(), linked.subject(), now, changes);
  }

  private List<PaymentMethod> list(Linked linked, Optional<String> after, int limit) {
    return store().paymentMethods().list(linked.account(), after, limit);
  }

  private static PaymentMethod bare(String customerId, Instant createdAt) {
    return new PaymentMethod(
        Ids.next("pm"),
        customerId,
        "link",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        createdAt);
  }

  private static PaymentMethod full(String customerId, Instant createdAt) {
    return new PaymentMethod(
        Ids.next("pm"),
        customerId,
        "card",
        Optional.of("visa"),
        Optional.of("4242"),
        Optional.of(12),
        Optional.of(2034),
        Optional.of("f1"),
        createdAt);
  }
}
