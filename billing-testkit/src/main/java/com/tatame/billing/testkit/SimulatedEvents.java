package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.command.Command;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Verifies the simulated account's webhooks, and translates those of its newest version. */
final class SimulatedEvents implements EventSource {
  private static final String API_VERSION = "api_version";
  private static final Set<String> OF_CUSTOMERS = Set.of("created", "updated", "deleted");
  private static final Set<String> OF_PAYMENTS =
      Set.of("succeeded", "payment_failed", "requires_action", "processing", "canceled");
  private static final Set<String> OF_SETUPS = Set.of("succeeded", "setup_failed");

  /** After these the object is gone; but a deleted subscription lives on as canceled. */
  private static final Set<String> ENDS = Set.of("deleted", "detached");

  private final WebhookVerifier verifier;

  SimulatedEvents(WebhookVerifier verifier) {
    this.verifier = verifier;
  }

  @Override
  public ReceivedEvent verify(byte[] body, String signatureHeader) {
    verifier.check(body, signatureHeader);
    try {
      String payload =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      return received(SimulatedCalls.parse(payload), payload);
    } catch (CharacterCodingException | IllegalArgumentException e) {
      throw new InvalidSignature(
          InvalidSignature.Reason.UNREADABLE_BODY, "The body is not an event.");
    }
  }

  @Override
  public Optional<ReceivedEvent> kept(String payload) {
    try {
      return Optional.of(received(SimulatedCalls.parse(payload), payload));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static ReceivedEvent received(JsonNode event, String payload) {
    JsonNode object = event.path("data").path("object");
    return new ReceivedEvent(
        ProviderRecords.text(event, "id"),
        ProviderRecords.text(event, "type"),
        ProviderRecords.instant(event, "created"),
        event.path("livemode").asBoolean(),
        Optional.empty(),
        Optional.of(ProviderRecords.text(event, API_VERSION)),
        Optional.of(object.path("customer").asText(object.path("id").asText())),
        payload);
  }

  @Override
  public Translation translate(String payload) {
    try {
      return translate(SimulatedCalls.parse(payload));
    } catch (IllegalArgumentException e) {
      return new Malformed("not an event");
    }
  }

  private static Translation translate(JsonNode event) {
    String type = ProviderRecords.text(event, "type");
    JsonNode object = event.required("data").required("object");
    Optional<ObjectRef> touched = touched(type, object);
    Optional<ObjectKind> kind = kind(type);
    String id = ProviderRecords.text(event, "id");
    Instant created = ProviderRecords.instant(event, "created");
    if (touched.isPresent()) {
      String itself = touched.get().id();
      String subject = touched.get().kind() == ObjectKind.PAYMENT_INTENT
          ? itself
          : object.path("customer").asText(itself);
      return stating(
          event, Observation.touched(touched.get(), new SubjectId(subject), created, id));
    }
    if (kind.isEmpty()) {
      return new Irrelevant("type not handled");
    }
    ObjectRef ref = new ObjectRef(kind.get(), ProviderRecords.text(object, "id"));
    SubjectId subject = ProviderRecords.subject(kind.get(), object);
    boolean ends = kind.get() != ObjectKind.SUBSCRIPTION
        && ENDS.contains(type.substring(type.lastIndexOf('.') + 1));
    if (ends || ProviderRecords.gone(kind.get(), object)) {
      String former =
          event.path("data").path("previous_attributes").path("customer").asText();
      return new Observed(List.of(Observation.deleted(
          ref, former.isEmpty() ? subject : new SubjectId(former), created, id)));
    }
    String version = ProviderRecords.text(event, API_VERSION);
    if (!version.equals(SimulatedCalls.VERSION)) {
      return new Observed(
          List.of(Observation.unreadable(ref, subject, created, "version " + version, id)));
    }
    if (ProviderRecords.incomplete(kind.get(), object)) {
      return stating(
          event, Observation.unreadable(ref, subject, created, "names what it should hold", id));
    }
    return stating(
        event, Observation.snapshot(ProviderRecords.read(kind.get(), object), created, id));
  }

  /** With what the event says beside the object's state, and the command that caused it. */
  private static Observed stating(JsonNode event, Observation seen) {
    List<Fact> facts = ProviderRecords.text(event, API_VERSION).equals(SimulatedCalls.VERSION)
        ? SimulatedFacts.of(event, seen.object(), seen.subject())
        : List.of();
    return new Observed(List.of(seen.stating(
        facts,
        ProviderRecords.optionalText(event.required("request"), "idempotency_key")
            .flatMap(Command::idOfKey))));
  }

  /** What an event is about that carries something else. */
  private static Optional<ObjectRef> touched(String type, JsonNode carried) {
    return switch (type) {
      case "invoice.upcoming" ->
        ref(
            ObjectKind.SUBSCRIPTION,
            carried.path("parent").path("subscription_details").path("subscription"));
      case "charge.refunded" -> ref(ObjectKind.PAYMENT_INTENT, carried.path("payment_intent"));
      case "customer.discount.created", "customer.discount.updated", "customer.discount.deleted" ->
        ref(ObjectKind.SUBSCRIPTION, carried.path("subscription"))
            .or(() -> ref(ObjectKind.CUSTOMER, carried.path("customer")));
      default -> Optional.empty();
    };
  }

  private static Optional<ObjectRef> ref(ObjectKind kind, JsonNode id) {
    return id.isTextual() ? Optional.of(new ObjectRef(kind, id.asText())) : Optional.empty();
  }

  static Optional<ObjectKind> kind(String type) {
    String family = type.substring(0, Math.max(0, type.lastIndexOf('.')));
    String happening = type.substring(type.lastIndexOf('.') + 1);
    return switch (family) {
      case "customer" -> of(ObjectKind.CUSTOMER, OF_CUSTOMERS.contains(happening));
      case "customer.subscription" -> Optional.of(ObjectKind.SUBSCRIPTION);
      case "customer.tax_id" -> Optional.of(ObjectKind.TAX_ID);
      case "subscription_schedule" -> Optional.of(ObjectKind.SUBSCRIPTION_SCHEDULE);
      case "checkout.session" -> Optional.of(ObjectKind.CHECKOUT_SESSION);
      case "invoice" -> of(ObjectKind.INVOICE, !happening.equals("upcoming"));
      case "invoice_payment" -> of(ObjectKind.INVOICE_PAYMENT, happening.equals("paid"));
      case "payment_intent" -> of(ObjectKind.PAYMENT_INTENT, OF_PAYMENTS.contains(happening));
      case "setup_intent" -> of(ObjectKind.SETUP_INTENT, OF_SETUPS.contains(happening));
      case "payment_method" -> Optional.of(ObjectKind.PAYMENT_METHOD);
      case "refund" -> Optional.of(ObjectKind.REFUND);
      case "charge.dispute" -> Optional.of(ObjectKind.DISPUTE);
      case "product" -> Optional.of(ObjectKind.PRODUCT);
      case "price" -> Optional.of(ObjectKind.PRICE);
      case "coupon" -> Optional.of(ObjectKind.COUPON);
      case "promotion_code" -> Optional.of(ObjectKind.PROMOTION_CODE);
      default -> Optional.empty();
    };
  }

  private static Optional<ObjectKind> of(ObjectKind kind, boolean handled) {
    return handled ? Optional.of(kind) : Optional.empty();
  }
}
