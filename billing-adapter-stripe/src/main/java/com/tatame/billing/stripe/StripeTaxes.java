package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerTaxIdCreateParams;
import com.stripe.param.CustomerTaxIdListParams;
import com.stripe.param.tax.CalculationCreateParams;
import com.stripe.param.tax.CalculationCreateParams.CustomerDetails;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.tax.TaxAddress;
import com.tatame.billing.tax.TaxCalculation;
import com.tatame.billing.tax.Taxes;
import java.util.List;

/** Reckons by Stripe Tax, and notes customers' tax ids. */
final class StripeTaxes implements Taxes {
  private static final String CALCULATE = "tax.calculations.create";
  private static final String LIST = "tax_ids.list";
  private static final String ADD = "tax_ids.create";
  private static final String REMOVE = "tax_ids.delete";
  private static final String LINES = "line_items";
  private static final long PAGE = 100;

  private final StripeCalls calls;
  private final StripeReads reads;

  StripeTaxes(StripeCalls calls, StripeReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public TaxCalculation calculate(List<Item> items, TaxAddress address) {
    CalculationCreateParams.Builder params = CalculationCreateParams.builder()
        .setCurrency(items.get(0).amount().currency())
        .setCustomerDetails(CustomerDetails.builder()
            .setAddress(address(address))
            .setAddressSource(CustomerDetails.AddressSource.BILLING)
            .build())
        .addExpand(LINES);
    for (Item item : items) {
      CalculationCreateParams.LineItem.Builder line = CalculationCreateParams.LineItem.builder()
          .setAmount(item.amount().amount())
          .setReference(item.reference());
      item.productId().ifPresent(line::setProduct);
      params.addLineItem(line.build());
    }
    StripeResult answer =
        calls.send(CALCULATE, client -> client.v1().tax().calculations().create(params.build()));
    JsonObject body = answer.body().orElseThrow(() -> StripeReads.senseless(CALCULATE));
    return StripeReads.understood(CALCULATE, () -> calculation(Fields.of(body)));
  }

  private static CustomerDetails.Address address(TaxAddress address) {
    CustomerDetails.Address.Builder params =
        CustomerDetails.Address.builder().setCountry(address.country());
    address.state().ifPresent(params::setState);
    address.city().ifPresent(params::setCity);
    address.postalCode().ifPresent(params::setPostalCode);
    address.line1().ifPresent(params::setLine1);
    return params.build();
  }

  private static TaxCalculation calculation(Fields calculation) {
    String currency = CatalogShape.currency(calculation);
    long tax =
        calculation.number("tax_amount_exclusive") + calculation.number("tax_amount_inclusive");
    return new TaxCalculation(
        new Money(calculation.number("amount_total"), currency),
        new Money(tax, currency),
        calculation.object(LINES).objects("data").stream()
            .map(line -> new TaxCalculation.Line(
                line.text("reference"),
                new Money(line.number("amount"), currency),
                new Money(line.number("amount_tax"), currency)))
            .toList());
  }

  @Override
  public List<Observation> idsOfCustomer(String customerId) {
    return reads.all(LIST, ObjectKind.TAX_ID, after -> {
      CustomerTaxIdListParams.Builder params = CustomerTaxIdListParams.builder().setLimit(PAGE);
      after.ifPresent(params::setStartingAfter);
      return client -> client.v1().customers().taxIds().list(customerId, params.build());
    });
  }

  @Override
  public Observation addId(String customerId, String type, String value, String idempotencyKey) {
    // The library lists the types that its version knows; Stripe knows more from day to day.
    CustomerTaxIdCreateParams params = CustomerTaxIdCreateParams.builder()
        .setValue(value)
        .putExtraParam("type", type)
        .build();
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    StripeResult answer = calls.send(
        ADD, client -> client.v1().customers().taxIds().create(customerId, params, options));
    return reads.answered(ADD, ObjectKind.TAX_ID, answer);
  }

  /** Stripe keeps no idempotency keys of deletions; what isn't there has been removed. */
  @Override
  public Observation removeId(String customerId, String taxIdId) {
    ObjectRef taxId = new ObjectRef(ObjectKind.TAX_ID, taxIdId);
    SubjectId customer = new SubjectId(customerId);
    try {
      StripeResult answer = calls.send(
          REMOVE, client -> client.v1().customers().taxIds().delete(customerId, taxIdId));
      return Observation.absent(taxId, customer, answer.asOf());
    } catch (ProviderRejected e) {
      if (!e.providerCode().equals("resource_missing")) {
        throw e;
      }
      return reads.afterwards(REMOVE, taxId, customer);
    }
  }
}
