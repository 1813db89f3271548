package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.portal.PortalSessions.Flow;
import com.tatame.billing.portal.PortalSessions.NewPortalSession;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How customers are sent to the provider's own page. */
public interface PortalContract extends GatewayUnderTest {

  @Test
  default void aVisitHasAnAddressOfItsOwn() {
    Buyer buyer = buyer();

    String first = open(buyer.customerId(), Optional.empty(), Optional.empty());

    assertThat(first).startsWith("http");
    assertThat(open(buyer.customerId(), Optional.empty(), Optional.empty())).isNotEqualTo(first);
    assertThat(open(buyer.customerId(), Optional.of(Flow.PAYMENT_METHOD_UPDATE), Optional.empty()))
        .startsWith("http");
  }

  @Test
  default void aVisitMayBeAboutOneSubscriptionOfTheCustomer() {
    Buyer buyer = buyer();
    CheckoutSession session = open(buyer, 0);
    assertThat(provider().pay(session.id(), GatewayCalls.PAYS)).isTrue();
    String subscription = GatewayCalls.read(gateway(), session).subscriptionId().orElseThrow();

    for (Flow flow : new Flow[] {Flow.SUBSCRIPTION_CANCEL, Flow.SUBSCRIPTION_UPDATE}) {
      assertThat(open(buyer.customerId(), Optional.of(flow), Optional.of(subscription)))
          .startsWith("http");
      assertThatThrownBy(
              () -> open(buyer().customerId(), Optional.of(flow), Optional.of(subscription)))
          .isInstanceOf(ProviderRejected.class);
    }
  }

  @Test
  default void nobodyVisitsWhoIsNoCustomer() {
    assertThatThrownBy(() -> open(Ids.next("cus"), Optional.empty(), Optional.empty()))
        .isInstanceOf(ProviderRejected.class);
  }

  private String open(String customerId, Optional<Flow> flow, Optional<String> subscriptionId) {
    return gateway()
        .portal()
        .open(new NewPortalSession(
            customerId, "https://shop.example.com/account", flow, subscriptionId));
  }
}
