package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.patch;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.outbox.EventEndpoint;
import com.tatame.billing.outbox.EventEndpoint.PreviousSecret;
import com.tatame.billing.outbox.EventEndpoints;
import com.tatame.billing.outbox.EventEndpoints.Wanted;
import com.tatame.billing.outbox.EventEndpoints.WithSecret;
import com.tatame.billing.outbox.SubscriberStore.Attempt;
import com.tatame.billing.outbox.SubscriberStore.StoredAttempt;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Addresses of others that receive events, as administrators manage them. */
final class EventEndpointHandlers {
  static final String PATH = "/api/v1/event-endpoints";

  private static final String TOLD_ONCE =
      "The secret was shown once, in the first answer. If it is lost, roll it.";

  private final EventEndpoints endpoints;

  static List<Route> routes() {
    return List.of(
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.EVENTS_READ)
            .is("Events", "All endpoints")
            .answers(reply(200, EndpointList.class, "By id."))
            .by(to -> to.get(EventEndpointHandlers.class)::list),
        post(PATH, ADMINISTRATOR, NONE)
            .orKeyWith(Scope.EVENTS_WRITE)
            .is("Events", "Add an endpoint, which receives what happens from now on")
            .takes(NewEndpoint.class)
            .answers(
                reply(201, CreatedEndpoint.class, "It is added, and the secret shown this once."))
            .refuses(CONFLICT)
            .by(to -> to.get(EventEndpointHandlers.class)::create),
        get(PATH + "/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.EVENTS_READ)
            .is("Events", "One endpoint")
            .answers(reply(200, EndpointAnswer.class, "The endpoint, without its secret."))
            .by(to -> to.get(EventEndpointHandlers.class)::read),
        patch(PATH + "/{id}", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.EVENTS_WRITE)
            .is("Events", "Change an endpoint; what is left out stays")
            .takes(EndpointChange.class)
            .answers(reply(200, EndpointAnswer.class, "As it is now."))
            .refuses(CONFLICT)
            .by(to -> to.get(EventEndpointHandlers.class)::update),
        delete(PATH + "/{id}", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.EVENTS_WRITE)
            .is("Events", "Remove an endpoint, with what was still to be sent")
            .answers(none("It is removed."))
            .by(to -> to.get(EventEndpointHandlers.class)::remove),
        post(PATH + "/{id}/roll-secret", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.EVENTS_WRITE)
            .is("Events", "Give an endpoint another secret; both sign for 24 hours")
            .answers(reply(200, CreatedEndpoint.class, "The new secret, shown this once."))
            .refuses(CONFLICT)
            .by(to -> to.get(EventEndpointHandlers.class)::rollSecret),
        post(PATH + "/{id}/replay", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.EVENTS_WRITE)
            .is("Events", "Send everything again that became known since some time")
            .takes(DeliveryReplay.class)
            .answers(reply(200, ReplayedDeliveries.class, "It is on its way."))
            .by(to -> to.get(EventEndpointHandlers.class)::replay),
        get(PATH + "/{id}/deliveries", ADMINISTRATOR)
            .orKeyWith(Scope.EVENTS_READ)
            .is("Events", "The requests to an endpoint of the last 30 days")
            .paged()
            .answers(pageOf(DeliveryAnswer.class, "Newest first."))
            .by(to -> to.get(EventEndpointHandlers.class)::deliveries));
  }

  EventEndpointHandlers(EventEndpoints endpoints) {
    this.endpoints = endpoints;
  }

  record NewEndpoint(
      @Doc(value = "Where to send them.", example = "https://crm.example.com/billing")
      String url,

      @Doc("Only these types, such as invoice.paid; all if missing.") @Nullable
      List<String> types,

      @Doc("What it is for, at most 200 characters.") @Nullable
      String description) {}

  record EndpointChange(
      @Nullable String url,

      @Doc("Only these types; an empty list for all.") @Nullable
      List<String> types,

      @Nullable String description,

      @Doc("Whether it is sent anything. What is not sent meanwhile is sent later.") @Nullable
      Boolean active) {}

  record DeliveryReplay(
      @Doc(value = "From this time on.", example = "2026-01-31T00:00:00Z")
      String after) {}

  record ReplayedDeliveries(@Doc("Of how many accounts.") int accounts) {}

  record EndpointList(List<EndpointAnswer> data) {}

  record EndpointAnswer(
      @Doc(value = "Also its name as a subscriber.", example = "evtep_0123456789abcdef")
      String id,

      String url,
      @Doc("Null for all.") @Nullable List<String> types,
      @Nullable String description,
      boolean active,
      Instant createdAt,

      @Doc("Until when the secret before the last roll signs, too.") @Nullable
      Instant previousSecretExpiresAt) {
    static EndpointAnswer of(EventEndpoint endpoint) {
      return new EndpointAnswer(
          endpoint.id(),
          endpoint.url().toString(),
          endpoint.types().isEmpty() ? null : endpoint.types().stream().sorted().toList(),
          endpoint.description().orElse(null),
          endpoint.active(),
          endpoint.createdAt(),
          endpoint.previous().map(PreviousSecret::expiresAt).orElse(null));
    }
  }

  record CreatedEndpoint(
      EndpointAnswer endpoint,

      @Doc("By which what is sent is verified. Shown this once: null where an Idempotency-Key"
          + " repeats the answer.")
      @Nullable
      @Secret
      String secret,

      @Doc("Null beside the secret; where it is not shown again, what to do.") @Nullable
      String note) {
    static CreatedEndpoint of(WithSecret created) {
      return new CreatedEndpoint(EndpointAnswer.of(created.endpoint()), created.secret(), null);
    }

    static CreatedEndpoint again(WithSecret created) {
      return new CreatedEndpoint(EndpointAnswer.of(created.endpoint()), null, TOLD_ONCE);
    }
  }

  record DeliveryAnswer(
      @Doc("Its number.") String id,
      String eventId,
      String accountId,
      long sequence,
      Instant at,
      @Doc("How long it took.") long milliseconds,

      @Doc("Of the answer; null if there was none.") @Nullable
      Integer status,

      @Doc("Why it was not received; null if it was.") @Nullable
      String error) {
    static DeliveryAnswer of(StoredAttempt stored) {
      Attempt attempt = stored.attempt();
      return new DeliveryAnswer(
          Long.toString(stored.id()),
          attempt.eventId(),
          attempt.account().value(),
          attempt.sequence(),
          attempt.at(),
          attempt.took().toMillis(),
          attempt.status().orElse(null),
          attempt.error().orElse(null));
    }
  }

  Answer list(Call call) {
    return Answer.ok(
        new EndpointList(endpoints.list().stream().map(EndpointAnswer::of).toList()));
  }

  Answer create(Call call) {
    NewEndpoint asked = call.body(NewEndpoint.class);
    WithSecret created = endpoints.create(new Wanted(
        url(asked.url()),
        RequestFields.text("description", asked.description()),
        types(asked.types()),
        true));
    return Answer.created(PATH + "/" + created.endpoint().id(), CreatedEndpoint.of(created))
        .keptAs(CreatedEndpoint.again(created));
  }

  Answer read(Call call) {
    return Answer.ok(EndpointAnswer.of(endpoints.get(call.id("id"))));
  }

  Answer update(Call call) {
    EndpointChange asked = call.body(EndpointChange.class);
    Set<String> stated = call.bodyNames();
    EventEndpoint before = endpoints.get(call.id("id"));
    return Answer.ok(EndpointAnswer.of(endpoints.update(
        before.id(),
        new Wanted(
            stated.contains("url") ? url(asked.url()) : before.url(),
            stated.contains("description")
                ? RequestFields.text("description", asked.description())
                : before.description(),
            stated.contains("types") ? types(asked.types()) : before.types(),
            Optional.ofNullable(asked.active()).orElse(before.active())))));
  }

  Answer remove(Call call) {
    endpoints.delete(call.id("id"));
    return Answer.noContent();
  }

  Answer rollSecret(Call call) {
    WithSecret rolled = endpoints.rollSecret(call.id("id"));
    return Answer.ok(CreatedEndpoint.of(rolled)).keptAs(CreatedEndpoint.again(rolled));
  }

  Answer replay(Call call) {
    DeliveryReplay asked = call.body(DeliveryReplay.class);
    Instant after =
        RequestFields.time("after", RequestFields.text("after", asked.after()).orElse(""));
    return Answer.ok(new ReplayedDeliveries(endpoints.replay(call.id("id"), after)));
  }

  Answer deliveries(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        endpoints.attempts(call.id("id"), page.after().map(this::number), page.lookahead()),
        stored -> Long.toString(stored.id()),
        DeliveryAnswer::of));
  }

  private Long number(String cursor) {
    try {
      return Long.valueOf(cursor);
    } catch (NumberFormatException e) {
      throw PageRequest.badCursor();
    }
  }

  private static URI url(@Nullable String text) {
    String given = RequestFields.text("url", text)
        .orElseThrow(() -> ValidationFailed.of("url", "is required"));
    try {
      return new URI(given);
    } catch (URISyntaxException e) {
      throw ValidationFailed.of("url", "must be an address such as https://example.com/billing");
    }
  }

  // What a list holds may be null, whatever its type says.
  @SuppressWarnings("ConstantValue")
  private static Set<String> types(@Nullable List<String> given) {
    Set<String> types = new HashSet<>();
    if (given != null) {
      for (String type : given) {
        types.add(Optional.ofNullable(type)
            .orElseThrow(() -> ValidationFailed.of("types", "must be texts")));
      }
    }
    return types;
  }
}
