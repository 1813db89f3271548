package com.tatame.billing.testkit;

import static com.tatame.billing.testkit.ProviderRecords.number;
import static com.tatame.billing.testkit.ProviderRecords.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.tax.TaxAddress;
import com.tatame.billing.tax.TaxCalculation;
import com.tatame.billing.tax.Taxes;
import com.tatame.billing.testkit.SimulatedCalls.Success;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Reckons taxes, and notes customers' tax ids. */
final class SimulatedTaxes implements Taxes {
  private final SimulatedCalls calls;
  private final SimulatedReads reads;

  SimulatedTaxes(SimulatedCalls calls, SimulatedReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public TaxCalculation calculate(List<Item> items, TaxAddress address) {
    Map<String, Object> place = new HashMap<>(Map.of("country", address.country()));
    address.state().ifPresent(state -> place.put("state", state));
    address.city().ifPresent(city -> place.put("city", city));
    address.postalCode().ifPresent(code -> place.put("postal_code", code));
    address.line1().ifPresent(line -> place.put("line1", line));
    List<Object> lines = new ArrayList<>();
    for (Item item : items) {
      Map<String, Object> line = new HashMap<>();
      line.put("amount", Long.toString(item.amount().amount()));
      line.put("reference", item.reference());
      item.productId().ifPresent(product -> line.put("product", product));
      lines.add(line);
    }
    return calculation(calls
        .post(
            "/v1/tax/calculations",
            Map.of(
                "currency",
                items.get(0).amount().currency(),
                "customer_details",
                Map.of("address", place, "address_source", "billing"),
                "line_items",
                lines,
                "expand",
                List.of("line_items")))
        .body());
  }

  private static TaxCalculation calculation(JsonNode json) {
    String currency = text(json, "currency");
    return new TaxCalculation(
        new Money(number(json, "amount_total"), currency),
        new Money(
            number(json, "tax_amount_exclusive") + number(json, "tax_amount_inclusive"), currency),
        StreamSupport.stream(json.required("line_items").required("data").spliterator(), false)
            .map(line -> new TaxCalculation.Line(
                text(line, "reference"),
                new Money(number(line, "amount"), currency),
                new Money(number(line, "amount_tax"), currency)))
            .toList());
  }

  @Override
  public List<Observation> idsOfCustomer(String customerId) {
    Success page = calls.get(path(customerId), Map.of("limit", "100"));
    return StreamSupport.stream(page.body().required("data").spliterator(), false)
        .map(body -> SimulatedReads.present(ObjectKind.TAX_ID, body, page.at()))
        .toList();
  }

  @Override
  public Observation addId(String customerId, String type, String value, String idempotencyKey) {
    return reads.mutate(
        ObjectKind.TAX_ID, path(customerId), Map.of("type", type, "value", value), idempotencyKey);
  }

  @Override
  public Observation removeId(String customerId, String taxIdId) {
    ObjectRef taxId = new ObjectRef(ObjectKind.TAX_ID, taxIdId);
    SubjectId customer = new SubjectId(customerId);
    try {
      Success answer = calls.delete(path(customerId) + "/" + taxIdId, Map.of());
      return Observation.absent(taxId, customer, answer.at());
    } catch (ProviderRejected e) {
      if (!e.providerCode().equals("resource_missing")) {
        throw e;
      }
      return reads.after(taxId, customer);
    }
  }

  private static String path(String customerId) {
    return "/v1/customers/" + customerId + "/tax_ids";
  }
}
