package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.EventSource.Irrelevant;
import com.tatame.billing.inbox.EventSource.Malformed;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.EventSource.Translation;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    Map<ObjectKind, List<String>> types = Map.ofEntries(
        handled(
            ObjectKind.CHECKOUT_SESSION,
            "checkout.session.completed",
            "checkout.session.expired",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed"),
        handled(ObjectKind.CUSTOMER, "customer.created", "customer.updated"),
        handled(ObjectKind.TAX_ID, "customer.tax_id.created", "customer.tax_id.updated"),
        handled(
            ObjectKind.SUBSCRIPTION,
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "customer.subscription.paused",
            "customer.subscription.resumed",
            "customer.subscription.trial_will_end",
            "customer.subscription.pending_update_applied",
            "customer.subscription.pending_update_expired"),
        handled(
            ObjectKind.SUBSCRIPTION_SCHEDULE,
            "subscription_schedule.aborted",
            "subscription_schedule.canceled",
            "subscription_schedule.completed",
            "subscription_schedule.created",
            "subscription_schedule.expiring",
            "subscription_schedule.released",
            "subscription_schedule.updated"),
        handled(
            ObjectKind.INVOICE,
            "invoice.created",
            "invoice.updated",
            "invoice.finalized",
            "invoice.finalization_failed",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice.payment_failed",
            "invoice.payment_action_required",
            "invoice.voided",
            "invoice.marked_uncollectible"),
        handled(ObjectKind.INVOICE_PAYMENT, "invoice_payment.paid"),
        handled(
            ObjectKind.PAYMENT_INTENT,
            "payment_intent.succeeded",
            "payment_intent.payment_failed",
            "payment_intent.requires_action",
            "payment_intent.processing",
            "payment_intent.canceled"),
        handled(ObjectKind.SETUP_INTENT, "setup_intent.succeeded", "setup_intent.setup_failed"),
        handled(ObjectKind.REFUND, "refund.created", "refund.updated", "refund.failed"),
        handled(
            ObjectKind.DISPUTE,
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.closed",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated"),
        handled(
            ObjectKind.PAYMENT_METHOD,
            "payment_method.attached",
            "payment_method.updated",
            "payment_method.automatically_updated"),
        handled(ObjectKind.PRODUCT, "product.created", "product.updated"),
        handled(ObjectKind.PRICE, "price.created", "price.updated"),
        handled(ObjectKind.COUPON, "coupon.created", "coupon.updated"),
        handled(ObjectKind.PROMOTION_CODE, "promotion_code.created", "promotion_code.updated"));
    assertThat(types).containsOnlyKeys(ObjectKind.values());

    types.forEach((kind, names) -> names.forEach(type -> {
      Observation seen = observed(type, Dialect.DAHLIA.object(kind));
      assertThat(seen.object().kind()).as(type).isEqualTo(kind);
      assertThat(seen.source()).isEqualTo(Observation.Source.SNAPSHOT);
      assertThat(seen.asOf()).isEqualTo(CREATED);
      assertThat(seen.eventId()).contains("evt_1");
      assertThat(seen.state()).isPresent();
    }));
  }

  private static Map.Entry<ObjectKind, List<String>> handled(ObjectKind kind, String... types) {
    return Map.entry(kind, List.of(types));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "charge.succeeded",
        "charge.refund.updated",
        "payment_intent.created",
        "payment_intent.amount_capturable_updated",
        "setup_intent.created",
        "invoiceitem.created",
        "customer.source.created",
        "product_feature.created",
        "entitlements.active_entitlement_summary.updated",
        "made.up"
      })
  void otherTypesAreNothingToUs(String type) {
    assertThat(events.translate(Dialect.DAHLIA.event(type, new JsonObject())))
        .isEqualTo(new Irrelevant("type not handled"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"source\":{\"type\":\"coupon\",\"coupon\":\"SPRING\"}",
        "\"coupon\":{\"id\":\"SPRING\",\"percent_off\":10}"
      })
  void aDiscountIsAFactThatNamesItsCoupon(String coupon) {
    JsonObject discount = JsonParser.parseString("{\"id\":\"di_1\",\"object\":\"discount\","
            + "\"customer\":\"cus_1\",\"subscription\":\"sub_1\",\"start\":1767225600,"
            + "\"end\":null," + coupon + "}")
        .getAsJsonObject();

    Observation seen = observed("customer.discount.created", discount);

    assertThat(seen.content()).isInstanceOf(Observation.Touched.class);
    assertThat(seen.facts()).singleElement().satisfies(fact -> {
      assertThat(fact.key()).isEqualTo("di_1:applied");
      assertThat(fact.subscriptionId()).contains("sub_1");
      assertThat(fact.details()).isEqualTo(Map.of("coupon", "SPRING"));
    });
  }

  @Test
  void aCreditNoteIsAFactAndHasItsInvoiceRead() {
    JsonObject note = JsonParser.parseString("{\"id\":\"cn_1\",\"object\":\"credit_note\","
            + "\"customer\":\"cus_1\",\"invoice\":\"in_1\",\"total\":500,\"currency\":\"eur\"}")
        .getAsJsonObject();

    Observation seen = observed("credit_note.created", note);

    assertThat(seen.object()).isEqualTo(new ObjectRef(ObjectKind.INVOICE, "in_1"));
    assertThat(seen.facts())
        .extracting(Fact::key, Fact::amount)
        .containsExactly(tuple("cn_1:created", Optional.of(new Money(500, "eur"))));
  }

  @Test
  void aChangeThatCantBeReadLeavesTheObjectReadable() {
    JsonObject event = JsonParser.parseString(Dialect.DAHLIA.event(
            "customer.subscription.updated", Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION)))
        .getAsJsonObject();
    JsonObject previous = new JsonObject();
    previous.addProperty("status", "made_up");
    event.getAsJsonObject("data").add("previous_attributes", previous);

    Observed observed = (Observed) events.translate(event.toString());

    assertThat(observed.observations()).singleElement().satisfies(seen -> {
      assertThat(seen.state()).isPresent();
      assertThat(seen.facts()).isEmpty();
    });
  }

  @Test
  void theCommandThatCausedAnEventIsNamed() {
    JsonObject event = JsonParser.parseString(
            Dialect.DAHLIA.event("customer.updated", Dialect.DAHLIA.object(ObjectKind.CUSTOMER)))
        .getAsJsonObject();
    JsonObject request = new JsonObject();
    request.addProperty("idempotency_key", "cmd_9f3c:2");
    event.add("request", request);

    assertThat(((Observed) events.translate(event.toString()))
            .observations()
            .get(0)
            .commandId())
        .contains("9f3c");

    request.addProperty("idempotency_key", "of-another-program");
    assertThat(((Observed) events.translate(event.toString()))
            .observations()
            .get(0)
            .commandId())
        .isEmpty();
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
  void whatIsDeletedIsGone() {
    Map<String, ObjectKind> deletions = Map.of(
        "customer.deleted", ObjectKind.CUSTOMER,
        "customer.tax_id.deleted", ObjectKind.TAX_ID,
        "product.deleted", ObjectKind.PRODUCT,
        "price.deleted", ObjectKind.PRICE,
        "coupon.deleted", ObjectKind.COUPON,
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
  void aPaymentMethodTakenOffItsCustomerIsGone() {
    JsonObject detached = Dialect.DAHLIA.object(ObjectKind.PAYMENT_METHOD);
    detached.add("customer", JsonNull.INSTANCE);
    JsonObject before = new JsonObject();
    before.addProperty("customer", "cus_1");
    JsonObject event = JsonParser.parseString(
            Dialect.DAHLIA.event("payment_method.detached", detached))
        .getAsJsonObject();
    event.getAsJsonObject("data").add("previous_attributes", before);

    Observation seen = observed(events.translate(event.toString()));

    assertThat(seen.content()).isInstanceOf(Observation.Gone.class);
    assertThat(seen.object()).isEqualTo(new ObjectRef(ObjectKind.PAYMENT_METHOD, "pm_1"));
    assertThat(seen.subject()).isEqualTo(new SubjectId("cus_1"));
  }

  @Test
  void aPaymentMethodWhoseFormerCustomerIsUntoldIsGoneByItself() {
    JsonObject detached = Dialect.DAHLIA.object(ObjectKind.PAYMENT_METHOD);
    detached.add("customer", JsonNull.INSTANCE);

    Observation seen = observed("payment_method.detached", detached);

    assertThat(seen.content()).isInstanceOf(Observation.Gone.class);
    assertThat(seen.subject()).isEqualTo(new SubjectId("pm_1"));
  }

  @Test
  void aPaymentMethodWithoutCustomerIsNoneOfOurs() {
    JsonObject single = Dialect.DAHLIA.object(ObjectKind.PAYMENT_METHOD);
    single.add("customer", JsonNull.INSTANCE);

    assertThat(observed("payment_method.updated", single).content())
        .isInstanceOf(Observation.Gone.class);
  }

  @Test
  void whatNamesNoCustomerBelongsToItsPayment() {
    for (Dialect dialect : Dialect.values()) {
      assertThat(observed("refund.created", dialect.object(ObjectKind.REFUND)).subject())
          .isEqualTo(new SubjectId("pi_1"));
      assertThat(observed("charge.dispute.created", dialect.object(ObjectKind.DISPUTE))
              .subject())
          .isEqualTo(new SubjectId("pi_1"));
    }
    JsonObject ofCharge = Dialect.DAHLIA.object(ObjectKind.REFUND);
    ofCharge.add("payment_intent", JsonNull.INSTANCE);
    ofCharge.addProperty("status", "no such status");
    Observation unreadable = observed("refund.created", ofCharge);
    assertThat(unreadable.content()).isInstanceOf(Observation.Unreadable.class);
    assertThat(unreadable.subject()).isEqualTo(new SubjectId("ch_1"));
  }

  @Test
  void anUpcomingInvoiceTouchesItsSubscription() {
    for (Dialect dialect : Dialect.values()) {
      JsonObject preview = dialect.object(ObjectKind.INVOICE);
      preview.remove("id");

      assertThat(observed(events.translate(dialect.event("invoice.upcoming", preview))))
          .isEqualTo(touched(ObjectKind.SUBSCRIPTION, "sub_1", "cus_1"));
    }
  }

  @Test
  void aRefundedChargeTouchesItsPayment() {
    assertThat(observed("charge.refunded", json("""
            {"id":"ch_1","object":"charge","customer":"cus_1","payment_intent":"pi_1","refunded":true}""")))
        .isEqualTo(touched(ObjectKind.PAYMENT_INTENT, "pi_1", "pi_1"));
    assertThat(observed("charge.refunded", json("""
            {"id":"ch_1","object":"charge","customer":null,"payment_intent":"pi_1","refunded":true}""")))
        .isEqualTo(touched(ObjectKind.PAYMENT_INTENT, "pi_1", "pi_1"));
    assertThat(events.translate(Dialect.DAHLIA.event("charge.refunded", json("""
            {"id":"ch_1","object":"charge","customer":null,"payment_intent":null}"""))))
        .isInstanceOf(Irrelevant.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "customer.discount.created",
        "customer.discount.updated",
        "customer.discount.deleted"
      })
  void aDiscountTouchesWhatItIsOn(String type) {
    assertThat(observed(type, json("""
            {"id":"di_1","object":"discount","customer":"cus_1","subscription":"sub_1"}""")))
        .isEqualTo(touched(ObjectKind.SUBSCRIPTION, "sub_1", "cus_1"));
    assertThat(observed(type, json("""
            {"id":"di_1","object":"discount","customer":"cus_1","subscription":null}"""))).isEqualTo(touched(ObjectKind.CUSTOMER, "cus_1", "cus_1"));
    assertThat(events.translate(Dialect.DAHLIA.event(type, json("{\"id\":\"di_1\"}"))))
        .isInstanceOf(Irrelevant.class);
  }

  @Test
  void aPendingUpdateOfASubscriptionChangesNothingYet() {
    JsonObject pending = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    pending.add("pending_update", json("""
        {"billing_cycle_anchor":null,"expires_at":1767312000,"trial_end":null,
         "subscription_items":[{"id":"si_1","price":{"id":"price_max"},"quantity":5}]}"""));

    assertThat(observed("customer.subscription.updated", pending).state())
        .isEqualTo(observed(
                "customer.subscription.updated", Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION))
            .state());
  }

  @Test
  void aCheckoutPaidLaterIsUnpaidUntilThen() {
    JsonObject session = Dialect.DAHLIA.object(ObjectKind.CHECKOUT_SESSION);
    session.addProperty("payment_status", "unpaid");
    for (String type :
        List.of("checkout.session.completed", "checkout.session.async_payment_failed")) {
      assertThat(observed(type, session).state()).get().satisfies(state -> {
        assertThat(((CheckoutSession) state).paid()).isFalse();
        assertThat(state.terminal()).isFalse();
      });
    }
    session.addProperty("payment_status", "paid");
    assertThat(observed("checkout.session.async_payment_succeeded", session).state())
        .get()
        .satisfies(state -> {
          assertThat(((CheckoutSession) state).paid()).isTrue();
          assertThat(state.terminal()).isTrue();
        });
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

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private static Observation touched(ObjectKind kind, String id, String subject) {
    return Observation.touched(new ObjectRef(kind, id), new SubjectId(subject), CREATED, "evt_1");
  }

  private Observation observed(String type, JsonObject object) {
    return observed(events.translate(Dialect.DAHLIA.event(type, object)));
  }

  private static Observation observed(Translation translation) {
    assertThat(translation).isInstanceOf(Observed.class);
    List<Observation> observations = ((Observed) translation).observations();
    assertThat(observations).hasSize(1);
    return observations.get(0);
  }
}
