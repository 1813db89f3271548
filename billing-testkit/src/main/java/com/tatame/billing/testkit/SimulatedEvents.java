package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.ReceivedEvent;
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
  private static final Set<String> OF_CUSTOMERS =
      Set.of("customer.created", "customer.updated", "customer.deleted");
  private static final Set<String> DELETIONS =
      Set.of("customer.deleted", "product.deleted", "price.deleted", "invoice.deleted");

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
      throw new InvalidSignature("The body is not an event.");
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
    Optional<ObjectKind> kind = kind(type);
    if (kind.isEmpty()) {
      return new Irrelevant("type not handled");
    }
    String id = ProviderRecords.text(event, "id");
    Instant created = ProviderRecords.instant(event, "created");
    JsonNode object = event.required("data").required("object");
    ObjectRef ref = new ObjectRef(kind.get(), ProviderRecords.text(object, "id"));
    SubjectId subject = new SubjectId(object.path("customer").asText(ref.id()));
    if (DELETIONS.contains(type)) {
      return new Observed(List.of(Observation.deleted(ref, subject, created, id)));
    }
    String version = ProviderRecords.text(event, API_VERSION);
    if (!version.equals(SimulatedCalls.VERSION)) {
      return new Observed(
          List.of(Observation.unreadable(ref, subject, created, "version " + version, id)));
    }
    return new Observed(
        List.of(Observation.snapshot(ProviderRecords.read(kind.get(), object), created, id)));
  }

  private static Optional<ObjectKind> kind(String type) {
    if (OF_CUSTOMERS.contains(type)) {
      return Optional.of(ObjectKind.CUSTOMER);
    }
    if (type.startsWith("customer.subscription.")) {
      return Optional.of(ObjectKind.SUBSCRIPTION);
    }
    if (type.startsWith("checkout.session.")) {
      return Optional.of(ObjectKind.CHECKOUT_SESSION);
    }
    if (type.startsWith("invoice.") && !type.equals("invoice.upcoming")) {
      return Optional.of(ObjectKind.INVOICE);
    }
    if (type.startsWith("product.")) {
      return Optional.of(ObjectKind.PRODUCT);
    }
    return type.startsWith("price.") ? Optional.of(ObjectKind.PRICE) : Optional.empty();
  }
}
