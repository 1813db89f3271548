package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.stripe.param.EventListParams;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.inbox.EventHistory;
import com.tatame.billing.inbox.ReceivedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Lists the events of the last thirty days, each in the version that it was created in. */
final class StripeEventHistory implements EventHistory {
  private static final String LIST = "events.list";
  private static final long PAGE = 100;

  private final StripeCalls calls;

  StripeEventHistory(StripeCalls calls) {
    this.calls = calls;
  }

  @Override
  public void since(Instant created, Consumer<List<ReceivedEvent>> page) {
    for (List<String> types : EventTypes.groups()) {
      StripePages.each(calls, LIST, after -> listing(created, types, after), (answer, bodies) -> {
        if (!bodies.isEmpty()) {
          page.accept(bodies.stream().map(StripeEventHistory::listed).toList());
        }
      });
    }
  }

  private static StripeCalls.Call listing(
      Instant created, List<String> types, Optional<String> after) {
    EventListParams.Builder params = EventListParams.builder()
        .setLimit(PAGE)
        .setCreated(
            EventListParams.Created.builder().setGte(created.getEpochSecond()).build())
        .addAllType(types);
    after.ifPresent(params::setStartingAfter);
    EventListParams list = params.build();
    return client -> client.v1().events().list(list);
  }

  // As text it differs from what a webhook carries, in spaces alone.
  private static ReceivedEvent listed(JsonObject event) {
    try {
      return EventEnvelope.read(event.toString().getBytes(StandardCharsets.UTF_8));
    } catch (InvalidSignature e) {
      throw StripeReads.senseless(LIST);
    }
  }
}
