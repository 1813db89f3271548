package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.tatame.billing.command.Command;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies webhooks, and translates the events that they carry. */
final class StripeEvents implements EventSource {
  private static final Logger LOG = System.getLogger(StripeEvents.class.getName());
  private static final String THIN_EVENT = "v2.core.event";

  private final WebhookSignature signature;

  private final boolean live;

  StripeEvents(WebhookSignature signature, boolean live) {
    this.signature = signature;
    this.live = live;
  }

  @Override
  public ReceivedEvent verify(byte[] body, @Nullable String signatureHeader) {
    signature.check(body, signatureHeader);
    return EventEnvelope.read(body);
  }

  @Override
  public Optional<ReceivedEvent> kept(String payload) {
    try {
      return Optional.of(EventEnvelope.read(payload.getBytes(StandardCharsets.UTF_8)));
    } catch (InvalidSignature e) {
      return Optional.empty();
    }
  }

  @Override
  public Translation translate(String payload) {
    Optional<JsonObject> json = StrictJson.object(payload);
    if (json.isEmpty()) {
      return new Malformed("not a JSON object");
    }
    try {
      return translate(Fields.of(json.get()));
    } catch (UnreadableShape e) {
      return new Malformed(e.reason());
    }
  }

  private Translation translate(Fields event) {
    if (event.omissibleText("object").filter(THIN_EVENT::equals).isPresent()) {
      return new Irrelevant("a thin event names an object without its state");
    }
    if (event.omissibleFlag("livemode") != live) {
      return new Irrelevant("of " + (live ? "test" : "live") + " mode, which is not this server's");
    }
    if (event.states("account")) {
      return new Irrelevant("of another account, " + event.text("account"));
    }
    String type = event.text("type");
    Optional<Hint> hint = hint(type);
    if (hint.isPresent()) {
      return touched(hint.get(), event);
    }
    Optional<ObjectKind> kind = EventObjects.carried(type);
    if (kind.isEmpty()) {
      return new Irrelevant("type not handled");
    }
    Fields data = event.object("data");
    Fields object = data.object("object");
    ObjectRef ref = new ObjectRef(kind.get(), object.text("id"));
    Observation seen = observation(type, ref, data, event.instant("created"), event.text("id"));
    return new Observed(List.of(stating(type, event, seen)));
  }

  /** With what the event says beside the object's state. What of that can't be read, a read won't mend. */
  private static Observation stating(String type, Fields event, Observation seen) {
    Optional<String> command = command(event);
    try {
      List<Fact> facts = FactShape.of(type, event, seen.object(), seen.subject());
      return facts.isEmpty() && command.isEmpty() ? seen : seen.stating(facts, command);
    } catch (UnreadableShape e) {
      LOG.log(
          Level.WARNING,
          "what event {0} of type {1} says that changed can''t be read: {2}",
          event.text("id"),
          type,
          e.reason());
      return seen.stating(List.of(), command);
    }
  }

  /** The command of ours whose key the request had that caused the event. */
  private static Optional<String> command(Fields event) {
    return event
        .expanded("request")
        .flatMap(request -> request.omissibleText("idempotency_key"))
        .flatMap(Command::idOfKey);
  }

  private static Observation observation(
      String type, ObjectRef ref, Fields data, Instant created, String eventId) {
    JsonObject object = data.object("object").json();
    SubjectId subject = Shapes.subject(ref, object)
        .or(() -> formerCustomer(data))
        .orElseGet(() -> new SubjectId(ref.id()));
    if (EventObjects.deletes(type) || Shapes.gone(ref.kind(), object)) {
      return Observation.deleted(ref, subject, created, eventId);
    }
    try {
      return Observation.snapshot(Shapes.read(ref.kind(), object), created, eventId);
    } catch (UnreadableShape e) {
      return Observation.unreadable(ref, subject, created, e.reason(), eventId);
    }
  }

  /** A payment method that was taken off its customer names it only in what it was before. */
  private static Optional<SubjectId> formerCustomer(Fields data) {
    return data.states("previous_attributes")
        ? Shapes.reference(data.object("previous_attributes").json().get("customer"))
            .map(SubjectId::new)
        : Optional.empty();
  }

  /** Finds the object that an event is about without carrying it. */
  private interface Hint {
    Optional<ObjectRef> of(Fields carried);
  }

  private static Optional<Hint> hint(String type) {
    if (type.equals("invoice.upcoming")) {
      return Optional.of(
          preview -> InvoiceShape.subscriptionId(preview).map(StripeEvents::subscription));
    }
    if (type.equals("charge.refunded")) {
      return Optional.of(charge -> charge
          .omissibleId("payment_intent")
          .map(id -> new ObjectRef(ObjectKind.PAYMENT_INTENT, id)));
    }
    if (type.startsWith("customer.discount.")) {
      return Optional.of(discount -> discount
          .omissibleId("subscription")
          .map(StripeEvents::subscription)
          .or(() ->
              discount.omissibleId("customer").map(id -> new ObjectRef(ObjectKind.CUSTOMER, id))));
    }
    if (type.startsWith("credit_note.")) {
      return Optional.of(
          note -> note.omissibleId("invoice").map(id -> new ObjectRef(ObjectKind.INVOICE, id)));
    }
    return Optional.empty();
  }

  private static ObjectRef subscription(String id) {
    return new ObjectRef(ObjectKind.SUBSCRIPTION, id);
  }

  private static Translation touched(Hint hint, Fields event) {
    Fields carried = event.object("data").object("object");
    Optional<ObjectRef> found = hint.of(carried);
    if (found.isEmpty()) {
      return new Irrelevant("it names no object that is mirrored");
    }
    ObjectRef ref = found.get();
    SubjectId subject =
        Shapes.subject(ref, carried.json()).orElseGet(() -> new SubjectId(ref.id()));
    Observation seen =
        Observation.touched(ref, subject, event.instant("created"), event.text("id"));
    return new Observed(List.of(stating(event.text("type"), event, seen)));
  }
}
