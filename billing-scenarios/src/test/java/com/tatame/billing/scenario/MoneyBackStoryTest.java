package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.Dispute;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.InMemoryBillingStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a customer paid with, paid, and got back is known, whatever became of it. */
class MoneyBackStoryTest {
  private static final String DISPUTES = "4000000000000259";

  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final BillingWorld world = BillingWorld.builder().seed(7).store(store).build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aPaymentItsMethodAndItsRefundsAreMirrored() {
    paysAfterTheTrial(Shopper.PAYS);
    String payment = last("payment_intent.succeeded");
    String method = last("payment_method.attached");
    String partly = refund(payment, Map.of("amount", "400"));
    String rest = refund(payment, Map.of());
    world.engine().failRefund(rest);
    world.settle();

    PaymentIntent paid = (PaymentIntent) state(ObjectKind.PAYMENT_INTENT, payment);
    assertThat(paid.status()).isEqualTo(PaymentIntent.Status.SUCCEEDED);
    assertThat(paid.customerId()).contains(ada.customerId());
    assertThat(((PaymentMethod) state(ObjectKind.PAYMENT_METHOD, method)).last4())
        .contains("4242");
    assertThat(((Refund) state(ObjectKind.REFUND, partly)).amount()).isEqualTo(400);
    assertThat(((Refund) state(ObjectKind.REFUND, rest)).status()).isEqualTo(Refund.Status.FAILED);
    assertThat(store.factsOf(new SubjectId(payment)))
        .extracting(Fact::key)
        .containsExactlyInAnyOrder(
            payment + ":succeeded",
            partly + ":created",
            partly + ":succeeded",
            rest + ":created",
            rest + ":succeeded",
            rest + ":failed");
  }

  @Test
  void aMethodThatIsTakenOffItsCustomerIsGone() {
    ada.buys("basic", Shopper.PAYS);
    String method = last("payment_method.attached");

    SimulatorReads.call(
        world, Request.of("POST", "/v1/payment_methods/" + method + "/detach", Map.of()));
    world.settle();

    assertThat(stored(ObjectKind.PAYMENT_METHOD, method))
        .hasValueSatisfying(row -> assertThat(row.state()).isEmpty());
  }

  @Test
  void aDisputeTellsWhatTheBankTook() {
    paysAfterTheTrial(DISPUTES);
    String dispute = last("charge.dispute.created");
    SimulatorReads.call(world, Request.of("POST", "/v1/disputes/" + dispute + "/close", Map.of()));
    world.settle();

    Dispute lost = (Dispute) state(ObjectKind.DISPUTE, dispute);
    assertThat(lost.status()).isEqualTo(Dispute.Status.LOST);
    assertThat(store.factsOf(lost.subject()))
        .extracting(Fact::key)
        .containsExactlyInAnyOrder(
            lost.subject() + ":succeeded",
            dispute + ":opened",
            dispute + ":funds_withdrawn",
            dispute + ":closed");
  }

  @Test
  void aCouponThatIsDeletedIsGone() {
    SimulatorReads.call(
        world, Request.of("POST", "/v1/coupons", Map.of("id", "SPRING", "percent_off", "10")));
    world.settle();
    assertThat(state(ObjectKind.COUPON, "SPRING").facts()).isEmpty();

    SimulatorReads.call(world, Request.of("DELETE", "/v1/coupons/SPRING", Map.of()));
    world.settle();

    assertThat(stored(ObjectKind.COUPON, "SPRING"))
        .hasValueSatisfying(row -> assertThat(row.state()).isEmpty());
    assertThat(store.projections().pendingReads(10)).isEmpty();
  }

  private void paysAfterTheTrial(String card) {
    ada.buys("basic", card);
    world.advance(Duration.ofDays(15));
  }

  private String refund(String payment, Map<String, Object> more) {
    Map<String, Object> parameters = new HashMap<>(more);
    parameters.put("payment_intent", payment);
    return SimulatorReads.call(world, Request.of("POST", "/v1/refunds", parameters))
        .required("id")
        .asText();
  }

  private String last(String type) {
    List<JsonNode> events = SimulatorReads.events(world, type);
    return events.get(events.size() - 1).at("/data/object/id").asText();
  }

  private ProviderObject state(ObjectKind kind, String id) {
    return stored(kind, id).flatMap(StoredObject::state).orElseThrow();
  }

  private Optional<StoredObject> stored(ObjectKind kind, String id) {
    ObjectRef object = new ObjectRef(kind, id);
    SubjectQuery wanted = new SubjectQuery(new SubjectId(id), Set.of(object), Set.of());
    return store.projections().load(List.of(wanted)).values().stream()
        .flatMap(known -> Optional.ofNullable(known.rows().get(object)).stream())
        .findFirst();
  }
}
