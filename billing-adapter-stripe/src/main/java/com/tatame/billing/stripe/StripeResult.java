package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.stripe.net.StripeResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * What Stripe answered.
 *
 * @param body empty if there is no such object
 * @param asOf by Stripe's clock
 * @param replayed whether it is the stored answer to an earlier sending with the same key, and so
 *     possibly out of date
 */
record StripeResult(Optional<JsonObject> body, Instant asOf, boolean replayed) {
  static final String REPLAYED = "Idempotent-Replayed";

  static StripeResult present(StripeResponse response, JsonObject body, InstantSource clock) {
    return new StripeResult(
        Optional.of(body),
        asOf(response, clock),
        response.headers().firstValue(REPLAYED).filter("true"::equals).isPresent());
  }

  static StripeResult absent(Optional<StripeResponse> response, InstantSource clock) {
    return new StripeResult(
        Optional.empty(),
        response.map(answer -> asOf(answer, clock)).orElseGet(clock::instant),
        false);
  }

  /** The object, unless there is none or only the stub of a deleted one. */
  Optional<JsonObject> live() {
    return body.filter(json -> {
      JsonElement deleted = json.get("deleted");
      return deleted == null || !deleted.isJsonPrimitive() || !deleted.getAsBoolean();
    });
  }

  private static Instant asOf(StripeResponse response, InstantSource clock) {
    Optional<String> date = response.headers().firstValue("Date");
    try {
      return date.isPresent()
          ? Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.get()))
          : clock.instant();
    } catch (DateTimeException e) {
      return clock.instant();
    }
  }
}
