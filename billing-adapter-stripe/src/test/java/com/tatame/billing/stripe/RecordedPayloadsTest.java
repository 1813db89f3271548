package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.WebhookSigner;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What accounts are really sent, in the shapes of many years, through signature, inbox and workers,
 * with a provider that can't be asked back.
 *
 * <p>{@code -Dbilling.recorded=DIRECTORY} runs other people's recordings, and prints what became of
 * them.
 */
class RecordedPayloadsTest {
  private static final Path OURS = Path.of("src/test/resources/recorded-shapes");
  private static final String SECRET = "whsec_recorded";
  private static final InstantSource WALL = InstantSource.system();
  private static final Catalog CATALOG = new Catalog(
      List.of(new Plan("free", "Free", "", "plans", 0, false, 0, Map.of(), Map.of())),
      "free",
      Catalog.DEFAULT_GRACE);

  /** What the row of each tells, among other things. */
  private static final Map<String, List<String>> EXPECTED = Map.ofEntries(
      Map.entry(
          "2020-03-02_charge_dispute_created.json",
          List.of(
              "Dispute[",
              "paymentIntentId=Optional[pi_shape12n1]",
              "status=WARNING_NEEDS_RESPONSE",
              "amount=1500")),
      Map.entry("2020-03-02_charge_refunded.json", List.of("no row")),
      Map.entry(
          "2020-03-02_checkout_session_completed.json",
          List.of(
              "CheckoutSession[",
              "customerId=Optional[cus_shape17n1]",
              "status=COMPLETE",
              "paid=true")),
      Map.entry("2020-03-02_customer_deleted.json", List.of("no row")),
      Map.entry(
          "2020-03-02_customer_subscription_updated.json",
          List.of(
              "Subscription[",
              "customerId=cus_shape1n1",
              "status=ACTIVE",
              "priceId=price_shape1n1",
              "currentPeriodEnd=2026-04-26T19:55:27Z",
              "cancelReason=Optional.empty")),
      Map.entry(
          "2020-03-02_customer_tax_id_created.json",
          List.of("TaxId[", "type=eu_vat", "country=Optional[BR]")),
      Map.entry(
          "2020-03-02_customer_updated.json",
          List.of("Customer[", "email=Optional[ada@example.com]")),
      Map.entry(
          "2020-03-02_invoice_paid.json",
          List.of(
              "Invoice[",
              "subscriptionId=Optional[sub_shape2n1]",
              "status=PAID",
              "paidAt=Optional[2026-12-26T18:34:53Z]")),
      Map.entry(
          "2020-03-02_payment_intent_payment_failed.json",
          List.of("PaymentIntent[", "amount=1500", "latestChargeId=Optional.empty")),
      Map.entry(
          "2020-03-02_payment_intent_requires_action.json",
          List.of("PaymentIntent[", "status=REQUIRES_PAYMENT_METHOD")),
      Map.entry(
          "2020-03-02_payment_intent_succeeded.json",
          List.of("PaymentIntent[", "amountReceived=0")),
      Map.entry(
          "2020-03-02_payment_method_attached.json",
          List.of(
              "PaymentMethod[",
              "customerId=cus_shape10n1",
              "last4=Optional[4242]",
              "expiryYear=Optional[2024]")),
      Map.entry("2020-03-02_payment_method_detached.json", List.of("no row")),
      Map.entry(
          "2020-03-02_price_created.json",
          List.of("Price[", "productId=prod_shape16n1", "unitAmount=Optional[900]", "unit=MONTH")),
      Map.entry(
          "2020-03-02_product_updated.json",
          List.of("Product[", "name=Words of ours", "active=true")),
      Map.entry("2020-03-02_radar_early_fraud_warning_created.json", List.of("no row")),
      Map.entry(
          "2020-03-02_refund_created.json",
          List.of(
              "Refund[",
              "paymentIntentId=Optional[pi_shape13n1]",
              "status=SUCCEEDED",
              "amount=1500")),
      Map.entry(
          "2020-03-02_setup_intent_succeeded.json",
          List.of("SetupIntent[", "status=SUCCEEDED", "paymentMethodId=Optional[pm_shape14n1]")),
      Map.entry(
          "2020-03-02_subscription_schedule_created.json",
          List.of(
              "SubscriptionSchedule[",
              "subscriptionId=Optional[sub_shape18n2]",
              "status=RELEASED",
              "endBehavior=release")),
      Map.entry("2020-08-27_charge_refunded.json", List.of("no row")),
      Map.entry("2020-08-27_invoice_deleted.json", List.of("no row")),
      Map.entry(
          "2023-10-16_invoice_payment_paid.json",
          List.of("InvoicePayment[", "invoiceId=in_shape19n1", "amountPaid=Optional[3000]")),
      Map.entry(
          "2025-03-31_invoice_payment_failed.json",
          List.of(
              "Invoice[",
              "subscriptionId=Optional[sub_shape23n1]",
              "status=OPEN",
              "amountDue=37350",
              "attemptCount=1")),
      Map.entry(
          "2025-03-31_invoice_payment_paid.json",
          List.of("InvoicePayment[", "paymentIntentId=Optional[pi_shape24n1]", "status=PAID")),
      Map.entry("2025-03-31_invoice_upcoming.json", List.of("no row")),
      Map.entry("unversioned_coupon_deleted.json", List.of("no row")),
      Map.entry("unversioned_customer_discount_created.json", List.of("no row")));

  /** What became of a recording: its status, what was seen in it, and the row that it left. */
  private record Outcome(
      Recording recording, EventStatus status, String seen, Optional<ProviderObject> row) {
    @Override
    public String toString() {
      return recording.name() + " (" + recording.type() + ", " + recording.version() + "): "
          + status.code() + ", " + seen;
    }
  }

  @Test
  void everyShapeIsProjectedOrKnowinglyIgnored() {
    List<Outcome> outcomes = fed(Recording.in(OURS));

    assertThat(outcomes).allSatisfy(outcome -> {
      assertThat(outcome.seen()).as(outcome.toString()).isEqualTo(seenIn(outcome.recording()));
      assertThat(outcome.row().map(Object::toString).orElse("no row"))
          .as(outcome.toString())
          .contains(EXPECTED.get(outcome.recording().name()));
    });
    assertThat(outcomes)
        .extracting(outcome -> outcome.recording().name())
        .containsExactlyInAnyOrderElementsOf(EXPECTED.keySet());
  }

  private static String seenIn(Recording recording) {
    return switch (recording.type()) {
      case "radar.early_fraud_warning.created" -> "ignored: type not handled";
      case "customer.deleted", "payment_method.detached", "invoice.deleted", "coupon.deleted" ->
        "gone";
      case "customer.discount.created", "invoice.upcoming" -> "touched";
      // Before there were payment intents, a charge named none.
      case "charge.refunded" ->
        recording.version().equals("2020-08-27")
            ? "ignored: it names no object that is mirrored"
            : "touched";
      default -> "present";
    };
  }

  @Test
  @EnabledIfSystemProperty(named = "billing.recorded", matches = ".+")
  void otherPeoplesRecordingsAreProjectedOrKnowinglyIgnored() {
    List<Outcome> outcomes = fed(Recording.in(Path.of(System.getProperty("billing.recorded"))));

    Map<String, Integer> summary = new TreeMap<>();
    outcomes.forEach(outcome -> {
      summary.merge(outcome.status().code(), 1, Integer::sum);
      summary.merge(outcome.status().code() + ", " + outcome.seen(), 1, Integer::sum);
      summary.merge("version " + outcome.recording().version(), 1, Integer::sum);
    });
    System.out.println(outcomes.size() + " recordings");
    summary.forEach((what, count) -> System.out.println("  " + what + ": " + count));
    outcomes.stream()
        .filter(outcome ->
            outcome.seen().startsWith("unreadable") || outcome.status() == EventStatus.DEAD)
        .forEach(System.out::println);
    assertThat(outcomes)
        .extracting(Outcome::status)
        .containsOnly(EventStatus.PROCESSED, EventStatus.IGNORED);
  }

  private static List<Outcome> fed(List<Recording> recordings) {
    StripeGateway gateway = StripeGateway.builder("sk_test_1")
        .webhookSecrets(List.of(SECRET))
        .apiBase(URI.create("http://localhost:1"))
        .retries(1, Duration.ofMillis(1), Duration.ofMillis(1))
        .build();
    InMemoryBillingStore store = new InMemoryBillingStore();
    try (Billing billing = Billing.builder()
        .gateway(gateway)
        .store(store)
        .catalog(CATALOG)
        .checkoutOrigins()
        .readsPerSecond(0)
        .workers(0)
        .build()) {
      WebhookSigner signer = new WebhookSigner(SECRET);
      List<Outcome> outcomes = new ArrayList<>();
      for (Recording recording : recordings) {
        String body = recording.event().toString();
        assertThat(billing
                .webhooks()
                .receive(body.getBytes(StandardCharsets.UTF_8), signer.header(body, WALL.instant()))
                .duplicate())
            .as(recording.name())
            .isFalse();
        while (store.inbox().status().backlog() > 0) {
          assertThat(billing.work()).as(recording.name()).isTrue();
        }
        outcomes.add(outcome(recording, billing, gateway, store));
      }
      return outcomes;
    }
  }

  private static Outcome outcome(
      Recording recording, Billing billing, StripeGateway gateway, InMemoryBillingStore store) {
    var event = billing.webhooks().event(recording.id()).event();
    Optional<Observation> observed =
        gateway.events().translate(recording.event().toString()) instanceof Observed translated
            ? Optional.of(translated.observations().get(0))
            : Optional.empty();
    return new Outcome(
        recording,
        event.status(),
        observed
            .map(Observation::content)
            .map(RecordedPayloadsTest::name)
            .orElseGet(() -> event.status().code() + ": " + event.error().orElse("")),
        observed.flatMap(seen -> row(seen, store)));
  }

  private static String name(Observation.Content content) {
    if (content instanceof Observation.Unreadable unreadable) {
      return "unreadable: " + unreadable.reason();
    } else if (content instanceof Observation.Gone) {
      return "gone";
    }
    return content instanceof Observation.Touched ? "touched" : "present";
  }

  private static Optional<ProviderObject> row(Observation seen, InMemoryBillingStore store) {
    ObjectRef ref = seen.object();
    SubjectState known = store
        .projections()
        .load(List.of(new SubjectQuery(seen.subject(), Set.of(ref), Set.of())))
        .getOrDefault(seen.subject(), SubjectState.nothing(seen.subject()));
    return Optional.ofNullable(known.rows().get(ref)).flatMap(stored -> stored.state());
  }
}
