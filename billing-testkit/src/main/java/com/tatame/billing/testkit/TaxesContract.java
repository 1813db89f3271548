package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.customer.TaxId;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Gone;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.tax.TaxAddress;
import com.tatame.billing.tax.TaxCalculation;
import com.tatame.billing.tax.Taxes;
import com.tatame.billing.tax.Taxes.Item;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tax totals, and how customers' tax numbers are stored. */
public interface TaxesContract extends GatewayUnderTest {

  @Test
  default void taxIsAddedByWhereTheBuyerIs() {
    Item plan = new Item("Pro", new Money(2499, "eur"), Optional.of(provider().createProduct("P")));
    Item seats = new Item("Seats", new Money(1000, "eur"), Optional.empty());

    TaxCalculation german =
        taxes().calculate(List.of(plan, seats), in("DE", Optional.empty(), Optional.empty()));

    // 19 percent, each line rounded half up on its own.
    assertThat(german.tax()).isEqualTo(new Money(475 + 190, "eur"));
    assertThat(german.total()).isEqualTo(new Money(3499 + 665, "eur"));
    assertThat(german.lines())
        .containsExactly(
            new TaxCalculation.Line("Pro", new Money(2499, "eur"), new Money(475, "eur")),
            new TaxCalculation.Line("Seats", new Money(1000, "eur"), new Money(190, "eur")));
  }

  @Test
  default void anAddressThatDoesNotTellTheTaxIsRefused() {
    List<Item> items = List.of(new Item("Pro", new Money(999, "usd"), Optional.empty()));

    assertThatThrownBy(() -> taxes().calculate(items, in("US", Optional.empty(), Optional.empty())))
        .isInstanceOfSatisfying(
            ProviderRejected.class,
            e -> assertThat(e.providerCode()).isEqualTo("customer_tax_location_invalid"));
    assertThat(taxes()
            .calculate(items, in("US", Optional.of("NY"), Optional.of("10001")))
            .tax())
        .isEqualTo(new Money(89, "usd"));
  }

  @Test
  default void aNumberIsNotedForItsCustomer() {
    Buyer buyer = buyer();
    String key = Ids.next("key");

    Observation added = taxes().addId(buyer.customerId(), "eu_vat", "DE123456789", key);

    TaxId taxId = GatewayCalls.state(added, TaxId.class);
    assertThat(added.source()).isEqualTo(Source.READ);
    assertThat(added.subject()).isEqualTo(new SubjectId(buyer.customerId()));
    assertThat(taxId.customerId()).contains(buyer.customerId());
    assertThat(taxId.type()).isEqualTo("eu_vat");
    assertThat(taxId.value()).isEqualTo("DE123456789");
    assertThat(taxId.country()).contains("DE");
    assertThat(taxes().addId(buyer.customerId(), "eu_vat", "DE123456789", key).object())
        .isEqualTo(added.object());
    assertThat(taxes().idsOfCustomer(buyer.customerId()))
        .extracting(Observation::object)
        .containsExactly(added.object());
    assertThat(taxes().idsOfCustomer(buyer().customerId())).isEmpty();
  }

  @Test
  default void aNumberThatIsRemovedIsGone() {
    Buyer buyer = buyer();
    Observation added = taxes().addId(buyer.customerId(), "eu_vat", "DE123456789", Ids.next("key"));

    Observation gone = taxes().removeId(buyer.customerId(), added.object().id());

    assertThat(gone.content()).isEqualTo(new Gone());
    assertThat(gone.object()).isEqualTo(added.object());
    assertThat(gone.subject()).isEqualTo(new SubjectId(buyer.customerId()));
    assertThat(taxes().idsOfCustomer(buyer.customerId())).isEmpty();
    assertThat(taxes().removeId(buyer.customerId(), added.object().id()).content())
        .isEqualTo(new Gone());
  }

  @Test
  default void whatIsNoNumberIsRefused() {
    Buyer buyer = buyer();

    assertThatThrownBy(() -> taxes().addId(buyer.customerId(), "eu_vat", "what", Ids.next("key")))
        .isInstanceOfSatisfying(
            ProviderRejected.class, e -> assertThat(e.providerCode()).isEqualTo("tax_id_invalid"));
  }

  private Taxes taxes() {
    return gateway().taxes();
  }

  private static TaxAddress in(
      String country, Optional<String> state, Optional<String> postalCode) {
    return new TaxAddress(country, state, Optional.empty(), postalCode, Optional.empty());
  }
}
