package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ACheckoutSession;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checkout sessions as their account sees them, and no other account. */
public interface CheckoutStoreContract extends StoreUnderTest {

  @Test
  default void aSessionIsFoundByItsAccountAsItLastWas() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    CheckoutSession open = ACheckoutSession.open(linked.account(), linked.customerId(), now);
    CheckoutSession completed = ACheckoutSession.completed(open, "sub_1");
    Commits.apply(store(), linked.subject(), now, List.of(Commits.put(open, now)));
    assertThat(store().checkouts().find(linked.account(), open.id())).contains(open);

    Commits.apply(store(), linked.subject(), now, List.of(Commits.put(completed, now)));

    assertThat(store().checkouts().find(linked.account(), open.id())).contains(completed);
  }

  @Test
  default void sessionOfAnotherAccountIsNotFound() {
    Instant now = Ids.morning();
    Linked owner = Commits.aLinkedCustomer(store(), now);
    Linked other = Commits.aLinkedCustomer(store(), now);
    CheckoutSession session = ACheckoutSession.open(owner.account(), owner.customerId(), now);
    Commits.apply(store(), owner.subject(), now, List.of(Commits.put(session, now)));

    assertThat(store().checkouts().find(other.account(), session.id())).isEmpty();
    assertThat(store().checkouts().find(Ids.account(), session.id())).isEmpty();
    assertThat(store().checkouts().find(owner.account(), Ids.next("cs"))).isEmpty();
  }
}
