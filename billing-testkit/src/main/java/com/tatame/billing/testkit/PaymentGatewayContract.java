package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Gone;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * What a payment gateway promises about customers, products, reads and checkouts, and about the
 * effect of calls that failed. {@link SubscriptionControlContract} and {@link
 * CommandTracesContract} go on from there.
 */
public interface PaymentGatewayContract
    extends SubscriptionControlContract,
        CustomerDetailsContract,
        CustomerListContract,
        KeptEventsContract,
        CommandTracesContract,
        ItemCheckoutContract,
        PaymentControlContract,
        InvoiceControlContract,
        PaymentMethodsContract,
        PortalContract,
        ProviderSetupContract,
        TaxesContract,
        UsageMetersContract,
        PromotionsContract,
        SubscriptionChangeContract {

  @Test
  default void givesASignOfLife() {
    assertThatCode(() -> gateway().ping()).doesNotThrowAnyException();
  }

  @Test
  default void aProviderThatIsDownGivesNoSignOfLife() {
    PaymentGateway gateway = gateway();
    assertThat(gateway.reachable()).isTrue();
    provider().fail(ProviderControl.Outage.NOT_EXECUTED, 1_000);

    assertThatThrownBy(gateway::ping).isInstanceOf(ProviderUnavailable.class);
    assertThat(gateway.reachable()).isFalse();

    provider().recover();
    assertThat(gateway.reachable()).as("no request was made since").isFalse();
    assertThatCode(gateway::ping).doesNotThrowAnyException();
    assertThat(gateway.reachable()).isTrue();
  }

  @Test
  default void productsAndPricesAreReadAsTheyAre() {
    String productId = provider().createProduct("Pro für alle");
    String lookupKey = Ids.next("yearly");
    String priceId =
        provider().createPrice(productId, 9_900, "eur", Recurrence.Unit.YEAR, lookupKey);

    Product product = GatewayCalls.one(gateway().products().products(), productId, Product.class);
    Price price = GatewayCalls.one(gateway().products().prices(), priceId, Price.class);

    assertThat(product.name()).isEqualTo("Pro für alle");
    assertThat(product.active()).isTrue();
    assertThat(price.productId()).isEqualTo(productId);
    assertThat(price.unitAmount()).contains(9_900L);
    assertThat(price.currency()).isEqualTo("eur");
    assertThat(price.recurrence()).contains(new Recurrence(Recurrence.Unit.YEAR, 1, false));
    assertThat(price.lookupKey()).contains(lookupKey);
    assertThat(price.active()).isTrue();
  }

  @Test
  default void moreProductsThanFitOnOnePageAreAllRead() {
    int before = gateway().products().products().size();
    for (int i = 0; i < 105; i++) {
      provider().createProduct("Product " + i);
    }

    assertThat(gateway().products().products()).hasSize(before + 105);
  }

  @Test
  default void aCustomerIsCreatedForItsAccount() {
    AccountId account = Ids.account();

    Observation created = create(account, "ada@example.com", Ids.next("key"));

    Customer customer = GatewayCalls.state(created, Customer.class);
    assertThat(customer.account()).contains(account);
    assertThat(customer.email()).contains("ada@example.com");
    assertThat(customer.name()).contains("Ada Lovelace");
    assertThat(customer.delinquent()).isFalse();
    assertThat(created.source()).isEqualTo(Source.READ);
    assertThat(created.subject()).isEqualTo(new SubjectId(customer.id()));
    assertThat(created.asOf()).isEqualTo(provider().now());
    assertThat(GatewayCalls.read(gateway(), customer)).isEqualTo(customer);
  }

  @Test
  default void repeatingAKeyCreatesNoSecondCustomer() {
    AccountId account = Ids.account();
    String key = Ids.next("key");
    Observation first = create(account, "ada@example.com", key);

    assertThat(create(account, "ada@example.com", key).object()).isEqualTo(first.object());
    assertThat(create(account, "ada@example.com", Ids.next("key")).object())
        .isNotEqualTo(first.object());
  }

  @Test
  default void aKeyWithOtherParametersIsRefused() {
    AccountId account = Ids.account();
    String key = Ids.next("key");
    create(account, "ada@example.com", key);

    assertThatThrownBy(() -> create(account, "eve@example.com", key))
        .isInstanceOf(ProviderRejected.class)
        .hasMessageNotContaining("eve@example.com");
  }

  @Test
  default void aCallWhoseAnswerWasLostIsUnknownAndItsKeyFindsWhatItDid() {
    AccountId account = Ids.account();
    String key = Ids.next("key");
    provider().fail(ProviderControl.Outage.ANSWER_LOST, 1);

    Assertions.assertThatExceptionOfType(ProviderUnavailable.class)
        .isThrownBy(() -> create(account, "ada@example.com", key))
        .satisfies(lost -> assertThat(lost.execution()).isEqualTo(Execution.UNKNOWN));

    Observation found = create(account, "ada@example.com", key);
    assertThat(GatewayCalls.state(found, Customer.class).account()).contains(account);
    assertThat(create(account, "ada@example.com", key).object()).isEqualTo(found.object());
  }

  @Test
  default void aCallThatFailedBeforeItWasExecutedCanBeRepeated() {
    AccountId account = Ids.account();
    String key = Ids.next("key");
    provider().fail(ProviderControl.Outage.NOT_EXECUTED, 1);

    assertThatThrownBy(() -> create(account, "ada@example.com", key))
        .isInstanceOf(ProviderUnavailable.class);

    assertThat(create(account, "ada@example.com", key).state()).isPresent();
  }

  @Test
  default void whatTheProviderDoesNotKnowIsGone() {
    for (ObjectKind kind : ObjectKind.values()) {
      ObjectRef unknown = new ObjectRef(kind, Ids.next("unknown"));
      SubjectId subject = new SubjectId(Ids.next("cus"));

      Observation read = gateway().reads().read(unknown, subject);

      assertThat(read.content()).as("%s", kind).isEqualTo(new Gone());
      assertThat(read.object()).isEqualTo(unknown);
      assertThat(read.subject()).isEqualTo(subject);
      assertThat(read.source()).isEqualTo(Source.READ);
      assertThat(read.asOf()).isEqualTo(provider().now());
    }
  }

  @Test
  default void aReadOfAProviderThatIsDownTeachesNothing() {
    ObjectRef customer =
        create(Ids.account(), "ada@example.com", Ids.next("key")).object();
    provider().fail(ProviderControl.Outage.NOT_EXECUTED, 1_000);

    assertThatThrownBy(() -> gateway().reads().read(customer, new SubjectId(customer.id())))
        .isInstanceOf(ProviderUnavailable.class);

    provider().recover();
    assertThat(gateway().reads().read(customer, new SubjectId(customer.id())).state())
        .isPresent();
  }

  @Test
  default void sessionTellsItsAddressWhileItIsOpen() {
    Buyer buyer = buyer();
    CheckoutSession session = GatewayCalls.state(
        gateway().checkouts().create(buyer.checkout(0), Ids.next("command"), Ids.next("key")),
        CheckoutSession.class);

    CheckoutSessions.Handle open = gateway().checkouts().read(session.id());

    assertThat(open.url().orElseThrow()).contains(session.id());
    assertThat(open.toString()).doesNotContain(open.url().orElseThrow());
    assertThat(open.observation().state()).contains(session);
    assertThat(open.observation().source()).isEqualTo(Source.READ);
    gateway().checkouts().expire(session.id(), Ids.next("key"));
    assertThat(gateway().checkouts().read(session.id()).url()).isEmpty();
  }

  @Test
  default void aCheckoutOpensForItsAccountAndCommand() {
    Buyer buyer = buyer();
    String command = Ids.next("command");

    Observation opened = gateway().checkouts().create(buyer.checkout(14), command, Ids.next("key"));

    CheckoutSession session = GatewayCalls.state(opened, CheckoutSession.class);
    assertThat(session.status()).isEqualTo(CheckoutSession.Status.OPEN);
    assertThat(session.account()).contains(buyer.account());
    assertThat(session.customerId()).contains(buyer.customerId());
    assertThat(session.commandId()).contains(command);
    assertThat(session.paid()).isFalse();
    assertThat(session.subscriptionId()).isEmpty();
    assertThat(session.expiresAt()).isAfter(provider().now());
    assertThat(opened.subject()).isEqualTo(new SubjectId(buyer.customerId()));
    assertThat(opened.source()).isEqualTo(Source.READ);
    assertThat(GatewayCalls.read(gateway(), session)).isEqualTo(session);
  }

  @Test
  default void repeatingAKeyOpensNoSecondCheckout() {
    Buyer buyer = buyer();
    String key = Ids.next("key");
    String command = Ids.next("command");
    Observation first = gateway().checkouts().create(buyer.checkout(0), command, key);

    assertThat(gateway().checkouts().create(buyer.checkout(0), command, key).object())
        .isEqualTo(first.object());
    assertThatThrownBy(() -> gateway().checkouts().create(buyer.checkout(7), command, key))
        .isInstanceOf(ProviderRejected.class);
    assertThat(gateway()
            .checkouts()
            .create(buyer.checkout(0), command, Ids.next("key"))
            .object())
        .isNotEqualTo(first.object());
  }

  @Test
  default void anExpiredCheckoutCanNotBePaid() {
    CheckoutSession open = open(buyer(), 0);

    CheckoutSession expired = GatewayCalls.state(
        gateway().checkouts().expire(open.id(), Ids.next("key")), CheckoutSession.class);

    assertThat(expired.status()).isEqualTo(CheckoutSession.Status.EXPIRED);
    assertThat(expired.terminal()).isTrue();
    assertThat(provider().pay(open.id(), GatewayCalls.PAYS)).isFalse();
    assertThat(GatewayCalls.read(gateway(), open)).isEqualTo(expired);
  }

  @Test
  default void aPaidCheckoutIsCompleteAndCanNotBeExpired() {
    CheckoutSession open = open(buyer(), 0);

    assertThat(provider().pay(open.id(), GatewayCalls.PAYS)).isTrue();

    CheckoutSession complete = GatewayCalls.read(gateway(), open);
    assertThat(complete.status()).isEqualTo(CheckoutSession.Status.COMPLETE);
    assertThat(complete.paid()).isTrue();
    assertThat(complete.subscriptionId()).isPresent();
    assertThatThrownBy(() -> gateway().checkouts().expire(open.id(), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
  }

  @Test
  default void aDeclinedCardLeavesTheCheckoutOpen() {
    CheckoutSession open = open(buyer(), 0);

    assertThat(provider().pay(open.id(), GatewayCalls.IS_DECLINED)).isFalse();

    assertThat(GatewayCalls.read(gateway(), open).status()).isEqualTo(CheckoutSession.Status.OPEN);
    assertThat(provider().pay(open.id(), GatewayCalls.PAYS)).isTrue();
  }

  @Test
  default void aCheckoutThatNobodyPaysExpires() {
    CheckoutSession open = open(buyer(), 0);

    provider().advance(Duration.between(provider().now(), open.expiresAt()).plusSeconds(1));

    assertThat(GatewayCalls.read(gateway(), open).status())
        .isEqualTo(CheckoutSession.Status.EXPIRED);
  }

  private Observation create(AccountId account, String email, String key) {
    return gateway()
        .customers()
        .create(
            new NewCustomer(account, Optional.of(email), Optional.of("Ada Lovelace")),
            "command_1",
            key);
  }
}
