package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.invoice.InvoiceDetails;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.payment.PaymentAction;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is asked of invoices, and how they are paid by hand. */
public interface InvoiceControlContract extends GatewayUnderTest {

  @Test
  default void anInvoiceTellsItsLinesItsTaxAndWhereItCanBeSeen() {
    Buyer buyer = buyer();
    Invoice paid = invoices(bought(buyer, GatewayCalls.PAYS)).get(0);

    InvoiceDetails details = control().details(paid.id()).orElseThrow();

    assertThat(details.invoiceId()).isEqualTo(paid.id());
    assertThat(details.tax()).isZero();
    assertThat(details.hostedUrl()).isPresent();
    assertThat(details.pdfUrl()).isPresent();
    assertThat(details.paymentAction()).isEmpty();
    assertThat(details.lines()).hasSize(1);
    InvoiceDetails.Line line = details.lines().get(0);
    assertThat(line.amount()).isEqualTo(new Money(999, "usd"));
    assertThat(line.priceId()).contains(buyer.priceId());
    assertThat(line.quantity()).contains(1L);
    assertThat(line.description()).isPresent();
    assertThat(line.proration()).isFalse();
    assertThat(line.periodStart()).isEqualTo(provider().now());
    assertThat(line.periodEnd()).isAfter(provider().now().plus(Duration.ofDays(27)));
  }

  @Test
  default void anInvoiceThatTheProviderDoesNotKnowHasNoDetails() {
    assertThat(control().details(Ids.next("in"))).isEmpty();
  }

  @Test
  default void aPageOfInvoicesIsDetailedFromTheNewestOn() {
    Buyer buyer = bought(buyer(), GatewayCalls.PAYS);
    bought(buyer(), GatewayCalls.PAYS);
    provider().advance(Duration.ofDays(64));
    List<String> all = invoices(buyer).stream().map(Invoice::id).toList();
    assertThat(all).hasSize(3);

    assertThat(ids(control().details(buyer.customerId(), Optional.empty(), 2)))
        .containsExactlyElementsOf(all.subList(0, 2));
    assertThat(ids(control().details(buyer.customerId(), Optional.of(all.get(1)), 2)))
        .containsExactly(all.get(2));
    assertThat(control().details(buyer.customerId(), Optional.empty(), 3))
        .allSatisfy(details -> assertThat(details.lines()).hasSize(1));
  }

  @Test
  default void aFailedInvoiceIsPaidOnceThereIsABetterCard() {
    Buyer buyer = inArrears();
    Invoice failing = invoices(buyer).get(0);
    assertThat(failing.failing()).isTrue();
    assertThat(action(failing).type()).isEqualTo(PaymentAction.Type.REQUIRES_PAYMENT_METHOD);
    provider().replaceCard(buyer.customerId(), "pm_card_visa");

    String key = Ids.next("key");
    Observation answer = control().pay(failing.id(), key);

    Invoice paid = GatewayCalls.state(answer, Invoice.class);
    assertThat(answer.source()).isEqualTo(Source.READ);
    assertThat(paid.status()).isEqualTo(InvoiceStatus.PAID);
    assertThat(paid.amountPaid()).isEqualTo(999);
    assertThat(GatewayCalls.read(gateway(), failing)).isEqualTo(paid);
    assertThatCode(() -> control().pay(failing.id(), key)).doesNotThrowAnyException();
    assertThatThrownBy(() -> control().pay(failing.id(), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
  }

  @Test
  default void aCardThatIsDeclinedPaysNothing() {
    Invoice failing = invoices(inArrears()).get(0);

    assertThatThrownBy(() -> control().pay(failing.id(), Ids.next("key")))
        .isInstanceOf(PaymentDeclined.class);

    assertThat(GatewayCalls.read(gateway(), failing).status()).isEqualTo(InvoiceStatus.OPEN);
  }

  @Test
  default void aPaymentThatItsOwnerMustConfirmIsNoRefusal() {
    Buyer buyer = inArrears();
    Invoice failing = invoices(buyer).get(0);
    provider().replaceCard(buyer.customerId(), "pm_card_authenticationRequired");

    Invoice waiting =
        GatewayCalls.state(control().pay(failing.id(), Ids.next("key")), Invoice.class);

    assertThat(waiting.status()).isEqualTo(InvoiceStatus.OPEN);
    PaymentAction action = action(waiting);
    assertThat(action.type()).isEqualTo(PaymentAction.Type.REQUIRES_ACTION);
    assertThat(action.url()).isPresent();
    assertThat(action.clientSecret()).isPresent();
  }

  private PaymentAction action(Invoice invoice) {
    return control()
        .details(invoice.id())
        .flatMap(InvoiceDetails::paymentAction)
        .orElseThrow(() -> new AssertionError("nothing is to be done about " + invoice));
  }

  private InvoiceControl control() {
    return gateway().invoices();
  }

  private static List<String> ids(List<InvoiceDetails> details) {
    return details.stream().map(InvoiceDetails::invoiceId).toList();
  }

  private List<Invoice> invoices(Buyer buyer) {
    return control().ofCustomer(buyer.customerId()).stream()
        .map(seen -> GatewayCalls.state(seen, Invoice.class))
        .toList();
  }

  private Buyer inArrears() {
    Buyer buyer = bought(buyer(), 14, GatewayCalls.FAILS_LATER);
    provider().advance(Duration.ofDays(15));
    return buyer;
  }

  private Buyer bought(Buyer buyer, String card) {
    return bought(buyer, 0, card);
  }

  private Buyer bought(Buyer buyer, int trialDays, String card) {
    CheckoutSession session = open(buyer, trialDays);
    assertThat(provider().pay(session.id(), card)).isTrue();
    return buyer;
  }
}
