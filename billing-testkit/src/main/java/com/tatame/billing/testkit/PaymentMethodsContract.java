package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Gone;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.PaymentMethods;
import com.tatame.billing.payment.SetupIntent;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How payment methods are saved, chosen and removed. */
public interface PaymentMethodsContract extends GatewayUnderTest {

  @Test
  default void aSetupIntentBelongsToItsCustomerAndTellsItsSecretWhenAsked() {
    Buyer buyer = buyer();

    Observation begun = methods()
        .beginSetup(buyer.account(), buyer.customerId(), Ids.next("command"), Ids.next("key"));

    SetupIntent setup = GatewayCalls.state(begun, SetupIntent.class);
    assertThat(begun.source()).isEqualTo(Source.READ);
    assertThat(setup.customerId()).contains(buyer.customerId());
    assertThat(setup.usage()).isEqualTo("off_session");
    assertThat(setup.status()).isEqualTo(SetupIntent.Status.REQUIRES_PAYMENT_METHOD);
    assertThat(GatewayCalls.read(gateway(), setup)).isEqualTo(setup);
    assertThat(methods().clientSecret(buyer.customerId(), setup.id()).orElse(""))
        .startsWith(setup.id());
    assertThat(methods().clientSecret(buyer.customerId(), Ids.next("seti"))).isEmpty();
    assertThat(methods().clientSecret(buyer().customerId(), setup.id())).isEmpty();
  }

  @Test
  default void repeatingAKeyBeginsNoSecondSetup() {
    Buyer buyer = buyer();
    String command = Ids.next("command");
    String key = Ids.next("key");
    Observation first = methods().beginSetup(buyer.account(), buyer.customerId(), command, key);

    assertThat(methods()
            .beginSetup(buyer.account(), buyer.customerId(), command, key)
            .object())
        .isEqualTo(first.object());
  }

  @Test
  default void whatACustomerSavedIsListedNewestFirst() {
    Buyer buyer = subscribed();
    List<PaymentMethod> before = saved(buyer);
    assertThat(before).hasSize(1);
    provider().replaceCard(buyer.customerId(), "pm_card_mastercard");
    subscribed();

    List<PaymentMethod> after = saved(buyer);

    assertThat(after).hasSize(2).endsWith(before.get(0));
    assertThat(after.get(0).brand()).contains("mastercard");
    assertThat(after.get(0).last4()).contains("4444");
    assertThat(methods().ofCustomer(buyer().customerId())).isEmpty();
  }

  @Test
  default void theDefaultIsWhatTheNextInvoiceIsChargedTo() {
    Buyer buyer = subscribed();
    PaymentMethod first = saved(buyer).get(0);
    assertThat(methods().defaultOf(buyer.customerId())).contains(first.id());
    provider().replaceCard(buyer.customerId(), "pm_card_mastercard");
    PaymentMethod second = saved(buyer).get(0);
    assertThat(methods().defaultOf(buyer.customerId())).contains(second.id());

    String key = Ids.next("key");
    Observation customer = methods().makeDefault(buyer.customerId(), first.id(), key);

    assertThat(customer.object().id()).isEqualTo(buyer.customerId());
    assertThat(customer.source()).isEqualTo(Source.READ);
    assertThat(methods().defaultOf(buyer.customerId())).contains(first.id());
    assertThat(provider().cardOf(buyer.customerId())).isEqualTo(first.id());
    assertThatCode(() -> methods().makeDefault(buyer.customerId(), first.id(), key))
        .doesNotThrowAnyException();
    assertThat(methods().defaultOf(buyer().customerId())).isEmpty();
  }

  @Test
  default void anothersPaymentMethodIsNoDefault() {
    PaymentMethod others = saved(subscribed()).get(0);
    Buyer buyer = subscribed();

    assertThatThrownBy(
            () -> methods().makeDefault(buyer.customerId(), others.id(), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
  }

  @Test
  default void whatIsDetachedIsGoneForGood() {
    Buyer buyer = subscribed();
    PaymentMethod method = saved(buyer).get(0);
    String key = Ids.next("key");

    Observation gone = methods().detach(buyer.customerId(), method.id(), key);

    assertThat(gone.content()).isEqualTo(new Gone());
    assertThat(gone.object()).isEqualTo(method.ref());
    assertThat(gone.subject()).isEqualTo(new SubjectId(buyer.customerId()));
    assertThat(saved(buyer)).isEmpty();
    assertThat(methods().detach(buyer.customerId(), method.id(), key).content())
        .isEqualTo(new Gone());
    assertThatThrownBy(
            () -> methods().makeDefault(buyer.customerId(), method.id(), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
  }

  private PaymentMethods methods() {
    return gateway().paymentMethods();
  }

  private List<PaymentMethod> saved(Buyer buyer) {
    return methods().ofCustomer(buyer.customerId()).stream()
        .map(seen -> GatewayCalls.state(seen, PaymentMethod.class))
        .toList();
  }

  private Buyer subscribed() {
    Buyer buyer = buyer();
    CheckoutSession session = open(buyer, 0);
    assertThat(provider().pay(session.id(), GatewayCalls.PAYS)).isTrue();
    return buyer;
  }
}
