package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.metering.UsageMeters;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Tells the simulated meters what was used, and asks them. */
final class SimulatedMeters implements UsageMeters {
  static final String METERS = "/v1/billing/meters";

  private final SimulatedCalls calls;

  SimulatedMeters(SimulatedCalls calls) {
    this.calls = calls;
  }

  // Without an idempotency key: the id does what a key would, and no failure is stored under it.
  @Override
  public void send(MeterEvent event) {
    try {
      calls.post(
          "/v1/billing/meter_events",
          Map.of(
              "event_name",
              event.meter(),
              "identifier",
              event.id(),
              "timestamp",
              Long.toString(event.at().getEpochSecond()),
              "payload",
              Map.of(
                  "stripe_customer_id",
                  event.customerId(),
                  "value",
                  Long.toString(event.units()))));
    } catch (ProviderRejected e) {
      if (!e.providerCode().equals("duplicate_meter_event")) {
        throw e;
      }
    }
  }

  @Override
  public long counted(String meter, String customerId, Instant from, Instant until) {
    JsonNode summaries = calls
        .get(
            METERS + "/" + idOf(meter) + "/event_summaries",
            Map.of(
                "customer",
                customerId,
                "start_time",
                Long.toString(from.getEpochSecond()),
                "end_time",
                Long.toString(until.getEpochSecond())))
        .body()
        .required("data");
    long counted = 0;
    for (JsonNode summary : summaries) {
      counted += summary.required("aggregated_value").asLong();
    }
    return counted;
  }

  private String idOf(String meter) {
    String[] found = new String[1];
    calls.list(METERS, Map.of("status", "active"), page -> {
      for (JsonNode body : page.body().required("data")) {
        if (body.required("event_name").asText().equals(meter)) {
          found[0] = body.required("id").asText();
        }
      }
      return found[0] == null;
    });
    if (found[0] == null) {
      throw new ProviderRejected(
          "resource_missing", Optional.of("meter"), "There is no meter " + meter + ".");
    }
    return found[0];
  }
}
