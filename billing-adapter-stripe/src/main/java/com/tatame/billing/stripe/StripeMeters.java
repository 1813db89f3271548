package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.stripe.param.billing.MeterEventCreateParams;
import com.stripe.param.billing.MeterEventSummaryListParams;
import com.stripe.param.billing.MeterListParams;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.metering.UsageMeters;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Stripe's meters. They are known by the names of their events; their ids are looked up once. */
final class StripeMeters implements UsageMeters {
  private static final String SEND = "meter_events.create";
  private static final String LIST = "meters.list";
  private static final String SUMMARIES = "meter_event_summaries.list";
  private static final long PAGE = 100;

  private final StripeCalls calls;
  private final Map<String, String> ids = new ConcurrentHashMap<>();

  StripeMeters(StripeCalls calls) {
    this.calls = calls;
  }

  /**
   * The identifier does what an idempotency key would, and Stripe replays no stored
   * failure for it. If there is such an event already, an earlier try came through.
   */
  @Override
  public void send(MeterEvent event) {
    MeterEventCreateParams params = MeterEventCreateParams.builder()
        .setEventName(event.meter())
        .setIdentifier(event.id())
        .setTimestamp(event.at().getEpochSecond())
        .putPayload("stripe_customer_id", event.customerId())
        .putPayload("value", Long.toString(event.units()))
        .build();
    try {
      calls.send(SEND, client -> client.v1().billing().meterEvents().create(params));
    } catch (ProviderRejected e) {
      if (!known(e)) {
        throw e;
      }
    }
  }

  // Our identifiers are never too long or otherwise wrong.
  private static boolean known(ProviderRejected refused) {
    return refused.providerCode().equals("duplicate_meter_event")
        || refused.parameter().filter("identifier"::equals).isPresent();
  }

  @Override
  public long counted(String meter, String customerId, Instant from, Instant until) {
    String id = ids.computeIfAbsent(meter, this::idOf);
    BigDecimal[] counted = {BigDecimal.ZERO};
    StripePages.each(
        calls,
        SUMMARIES,
        after -> {
          MeterEventSummaryListParams.Builder params = MeterEventSummaryListParams.builder()
              .setCustomer(customerId)
              .setStartTime(from.getEpochSecond())
              .setEndTime(until.getEpochSecond())
              .setLimit(PAGE);
          after.ifPresent(params::setStartingAfter);
          return client -> client.v1().billing().meters().eventSummaries().list(id, params.build());
        },
        (answer, summaries) ->
            summaries.forEach(summary -> counted[0] = counted[0].add(value(summary))));
    return counted[0].setScale(0, RoundingMode.DOWN).longValueExact();
  }

  private static BigDecimal value(JsonObject summary) {
    if (summary.get("aggregated_value") instanceof JsonPrimitive value && value.isNumber()) {
      return value.getAsBigDecimal();
    }
    throw StripeReads.senseless(SUMMARIES);
  }

  private String idOf(String meter) {
    Optional<String> found = StripePages.first(
        calls,
        LIST,
        after -> {
          MeterListParams.Builder params =
              MeterListParams.builder().setStatus(MeterListParams.Status.ACTIVE).setLimit(PAGE);
          after.ifPresent(params::setStartingAfter);
          return client -> client.v1().billing().meters().list(params.build());
        },
        (answer, meters) -> meters.stream()
            .map(Fields::of)
            .filter(fields -> fields.text("event_name").equals(meter))
            .map(fields -> fields.text("id"))
            .findFirst());
    return found.orElseThrow(() -> new ProviderRejected(
        "resource_missing",
        Optional.of("meter"),
        "Stripe has no active meter for the events '" + meter + "'. Run billing setup."));
  }
}
