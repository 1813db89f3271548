package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.EventSource.Irrelevant;
import com.tatame.billing.inbox.EventSource.Malformed;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.EventSource.Translation;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripeEventsTest {
  private static final Instant CREATED = Instant.ofEpochSecond(1_767_225_601);

  private final EventSource events = new StripeEvents(
      new WebhookSignature(List.of(), Duration.ofMinutes(5), InstantSource.fixed(CREATED)), false);

  @Test
  void eventsOfTheOtherModeAreNothingToUs() {
    String event = """
        {"id":"evt_1","type":"customer.created","created":1767225601,"livemode":true,
         "data":{"object":{"id":"cus_1"}}}""";
    assertThat(events.translate(event)).isInstanceOf(EventSource.Irrelevant.class);
    EventSource ofLiveMode = new StripeEvents(
        new WebhookSignature(List.of(), Duration.ofMinutes(5), InstantSource.fixed(CREATED)), true);
    assertThat(ofLiveMode.translate(event)).isInstanceOf(EventSource.Observed.class);
  }

  @Test
  void eventsOfAnotherAccountAreNothingToUs() {
    assertThat(events.translate("""
                {"id":"evt_1","type":"customer.created","created":1767225601,"livemode":false,
                 "account":"acct_2","data":{"object":{"id":"cus_1"}}}""")).isInstanceOf(EventSource.Irrelevant.class);
  }

  @Test
  void handledTypesTellOfTheirObject() {
    Map<ObjectKind, List<String>> types = Map.of(
        ObjectKind.CHECKOUT_SESSION,
        List.of(
            "checkout.session.completed",
            "checkout.session.expired",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed"),
        ObjectKind.CUSTOMER,
        List.of("customer.created", "customer.updated"),
        ObjectKind.SUBSCRIPTION,
        List.of(
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "customer.subscription.paused",
            "customer.subscription.resumed",
            "customer.subscription.trial_will_end",
            "customer.subscription.pending_update_applied",
            "customer.subscription.pending_update_expired"),
        ObjectKind.INVOICE,
        List.of(
            "invoice.created",
            "invoice.finalized",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice.payment_failed",
            "invoice.voided",
            "invoice.marked_uncollectible"),
        ObjectKind.PRODUCT,
        List.of("product.created", "product.updated"),
        ObjectKind.PRICE,
        List.of("price.created", "price.updated"));
    assertThat(types).hasSize(ObjectKind.values().length);

    types.forEach((kind, names) -> names.forEach(type -> {
      Observation seen = observed(type, Dialect.DAHLIA.object(kind));
      assertThat(seen.object().kind()).as(type).isEqualTo(kind);
      assertThat(seen.source()).isEqualTo(Observation.Source.SNAPSHOT);
      assertThat(seen.asOf()).isEqualTo(CREATED);
      assertThat(seen.eventId()).contains("evt_1");
      assertThat(seen.state()).isPresent();
    }));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoiceitem.created",
        "customer.discount.created",
        "customer.tax_id.updated",
        "product_feature.created",
        "entitlements.active_entitlement_summary.updated",
        "made.up"
      })
  void otherTypesAreNothingToUs(String type) {
    assertThat(events.translate(Dialect.DAHLIA.event(type, new JsonObject())))
        .isEqualTo(new Irrelevant("type not handled"));
  }

  @Test
  void aDeletedSubscriptionLivesOnAsCanceled() {
    JsonObject canceled = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    canceled.addProperty("status", "canceled");
    canceled.addProperty("ended_at", 1_767_225_601L);

    assertThat(observed("customer.subscription.deleted", canceled).state())
        .hasValueSatisfying(state -> assertThat(state.terminal()).isTrue())
        .get()
        .extracting("status")
        .isEqualTo(SubscriptionStatus.CANCELED);
  }

  @Test
  void deletedCustomersProductsPricesAndDraftsAreGone() {
    Map<String, ObjectKind> deletions = Map.of(
        "customer.deleted", ObjectKind.CUSTOMER,
        "product.deleted", ObjectKind.PRODUCT,
        "price.deleted", ObjectKind.PRICE,
        "invoice.deleted", ObjectKind.INVOICE);
    deletions.forEach((type, kind) -> {
      Observation seen = observed(type, Dialect.DAHLIA.object(kind));
      assertThat(seen.content()).as(type).isInstanceOf(Observation.Gone.class);
      assertThat(seen.object().kind()).isEqualTo(kind);
    });
    assertThat(observed("invoice.deleted", Dialect.DAHLIA.object(ObjectKind.INVOICE))
            .subject())
        .isEqualTo(new SubjectId("cus_1"));
  }

  @Test
  void anUpcomingInvoiceIsNothingToUs() {
    JsonObject preview = Dialect.DAHLIA.object(ObjectKind.INVOICE);
    preview.remove("id");

    assertThat(events.translate(Dialect.DAHLIA.event("invoice.upcoming", preview)))
        .isInstanceOf(Irrelevant.class);
  }

  @Test
  void aThinEventIsNothingToUs() {
    assertThat(events.translate("""
            {"id":"evt_65","object":"v2.core.event","type":"v1.billing.meter.no_meter_found",\
            "created":"2026-01-01T00:00:00.000Z","livemode":false}""")).isInstanceOf(Irrelevant.class);
  }

  @Test
  void anUnreadableObjectAsksForAReadOfItsCustomersObject() {
    JsonObject ids = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    JsonArray discounts = new JsonArray();
    discounts.add("di_1");
    ids.add("discounts", discounts);

    Observation seen = observed("customer.subscription.updated", ids);
    assertThat(seen.content()).isEqualTo(new Observation.Unreadable("discounts holds ids only"));
    assertThat(seen.subject()).isEqualTo(new SubjectId("cus_1"));
    assertThat(seen.object().id()).isEqualTo("sub_1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{} {}",
        "{\"type\":\"invoice.paid\"}",
        "{\"type\":\"invoice.paid\",\"id\":\"evt_1\",\"created\":1}",
        "{\"type\":\"invoice.paid\",\"id\":\"evt_1\",\"created\":1,\"data\":{\"object\":[]}}",
        "{\"type\":\"invoice.paid\",\"id\":\"evt_1\",\"created\":1,\"data\":{\"object\":{}}}",
        "{\"type\":\"invoice.paid\",\"id\":\"evt_1\",\"created\":\"x\",\"data\":{\"object\":{}}}",
        "{'type':'invoice.paid'}",
        "{\"type\":7}"
      })
  void whatNamesNoObjectIsMalformed(String payload) {
    assertThat(events.translate(payload)).isInstanceOf(Malformed.class);
  }

  @Test
  void aPayloadOfAnyDepthIsAnswered() {
    String deep = "{\"type\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

    assertThat(events.translate(deep)).isInstanceOf(Malformed.class);
  }

  private Observation observed(String type, JsonObject object) {
    Translation translation = events.translate(Dialect.DAHLIA.event(type, object));
    assertThat(translation).as(type).isInstanceOf(Observed.class);
    List<Observation> observations = ((Observed) translation).observations();
    assertThat(observations).hasSize(1);
    return observations.get(0);
  }
}
