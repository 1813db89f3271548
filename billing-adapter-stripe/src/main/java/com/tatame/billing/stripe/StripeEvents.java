package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies webhooks, and translates the events that they carry. */
final class StripeEvents implements EventSource {
  private static final String THIN_EVENT = "v2.core.event";

  /** Those whose object is gone afterwards; a deleted subscription lives on as canceled. */
  private static final Set<String> DELETIONS =
      Set.of("customer.deleted", "product.deleted", "price.deleted", "invoice.deleted");

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
    Optional<ObjectKind> kind = kind(type);
    if (kind.isEmpty()) {
      return new Irrelevant("type not handled");
    }
    if (type.equals("invoice.upcoming")) {
      return new Irrelevant("an upcoming invoice is a preview without an id");
    }
    String eventId = event.text("id");
    Instant created = event.instant("created");
    Fields object = event.object("data").object("object");
    ObjectRef ref = new ObjectRef(kind.get(), object.text("id"));
    return new Observed(List.of(observation(type, ref, object.json(), created, eventId)));
  }

  private static Observation observation(
      String type, ObjectRef ref, JsonObject object, Instant created, String eventId) {
    SubjectId subject = Shapes.subject(ref, object).orElseGet(() -> new SubjectId(ref.id()));
    if (DELETIONS.contains(type)) {
      return Observation.deleted(ref, subject, created, eventId);
    }
    try {
      return Observation.snapshot(Shapes.read(ref.kind(), object), created, eventId);
    } catch (UnreadableShape e) {
      return Observation.unreadable(ref, subject, created, e.reason(), eventId);
    }
  }

  private static Optional<ObjectKind> kind(String type) {
    if (type.startsWith("checkout.session.")) {
      return Optional.of(ObjectKind.CHECKOUT_SESSION);
    }
    if (type.startsWith("customer.subscription.")) {
      return Optional.of(ObjectKind.SUBSCRIPTION);
    }
    if (type.startsWith("invoice.")) {
      return Optional.of(ObjectKind.INVOICE);
    }
    if (type.startsWith("product.")) {
      return Optional.of(ObjectKind.PRODUCT);
    }
    if (type.startsWith("price.")) {
      return Optional.of(ObjectKind.PRICE);
    }
    return Set.of("customer.created", "customer.updated", "customer.deleted").contains(type)
        ? Optional.of(ObjectKind.CUSTOMER)
        : Optional.empty();
  }
}
