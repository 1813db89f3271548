package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.stripe.net.RequestOptions;
import com.stripe.param.InvoiceCreatePreviewParams;
import com.stripe.param.SubscriptionRetrieveParams;
import com.stripe.param.SubscriptionScheduleCreateParams;
import com.stripe.param.SubscriptionScheduleReleaseParams;
import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionScheduleUpdateParams.EndBehavior;
import com.stripe.param.SubscriptionScheduleUpdateParams.Phase;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.SubscriptionUpdateParams.PaymentBehavior;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.InvoicePreview;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionChange;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Previews and makes changes of what a subscription sells, and schedules them. */
final class StripeChanges {
  private static final String PREVIEW = "invoices.preview";
  private static final String READ = "subscriptions.read";
  private static final String UPDATE = "subscriptions.update";
  private static final String SCHEDULE = "schedules.create";
  private static final String PHASES = "schedules.update";
  private static final String RELEASE = "schedules.release";

  /** What keeps a payment from being made until its payer confirms it. */
  private static final Set<String> CONFIRMABLE =
      Set.of("subscription_payment_intent_requires_action", "authentication_required");

  private final StripeCalls calls;
  private final StripeReads reads;

  StripeChanges(StripeCalls calls, StripeReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  Optional<InvoicePreview> preview(SubscriptionChange change) {
    InvoiceCreatePreviewParams.SubscriptionDetails.Builder details =
        InvoiceCreatePreviewParams.SubscriptionDetails.builder()
            .addItem(previewed(change))
            .setProrationBehavior(
                change.policy() == ChangePolicy.PRORATE
                    ? InvoiceCreatePreviewParams.SubscriptionDetails.ProrationBehavior
                        .ALWAYS_INVOICE
                    : InvoiceCreatePreviewParams.SubscriptionDetails.ProrationBehavior.NONE);
    change.prorationDate().map(Instant::getEpochSecond).ifPresent(details::setProrationDate);
    InvoiceCreatePreviewParams params = InvoiceCreatePreviewParams.builder()
        .setSubscription(change.subscriptionId())
        .setSubscriptionDetails(details.build())
        .build();
    try {
      StripeResult answer =
          calls.send(PREVIEW, client -> client.v1().invoices().createPreview(params));
      return answer.body().map(body -> PreviewShape.read(Fields.of(body)));
    } catch (ProviderRejected e) {
      if (e.providerCode().equals("invoice_upcoming_none")) {
        return Optional.empty();
      }
      throw e;
    } catch (UnreadableShape e) {
      throw StripeReads.senseless(PREVIEW);
    }
  }

  private static InvoiceCreatePreviewParams.SubscriptionDetails.Item previewed(
      SubscriptionChange change) {
    var item = InvoiceCreatePreviewParams.SubscriptionDetails.Item.builder()
        .setId(change.itemId())
        .setPrice(change.priceId());
    ordered(change.quantity()).ifPresent(item::setQuantity);
    return item.build();
  }

  private static SubscriptionUpdateParams.Item updated(SubscriptionChange change) {
    var item =
        SubscriptionUpdateParams.Item.builder().setId(change.itemId()).setPrice(change.priceId());
    ordered(change.quantity()).ifPresent(item::setQuantity);
    return item.build();
  }

  /** A metered price takes no quantity, which is ordered as none. */
  private static Optional<Long> ordered(long quantity) {
    return Optional.of(quantity).filter(count -> count > 0);
  }

  /**
   * In up to three steps with keys of their own: what is scheduled is released, the change is tried
   * on the condition that it is paid at once, and if its payer must confirm that, it is left pending.
   * Each step depends only on what the ones before answered, so repeating the whole repeats it.
   */
  Observation change(SubscriptionChange change, String idempotencyKey) {
    String id = change.subscriptionId();
    schedule(calls.send(READ, client -> client.v1().subscriptions().retrieve(id)))
        .ifPresent(schedule -> release(schedule, idempotencyKey + ":release"));
    try {
      return update(change, PaymentBehavior.ERROR_IF_INCOMPLETE, idempotencyKey);
    } catch (PaymentDeclined e) {
      if (!CONFIRMABLE.contains(e.declineCode())) {
        throw e;
      }
      return update(change, PaymentBehavior.PENDING_IF_INCOMPLETE, idempotencyKey + ":pending");
    }
  }

  private Observation update(
      SubscriptionChange change, PaymentBehavior behavior, String idempotencyKey) {
    SubscriptionUpdateParams.Builder params = SubscriptionUpdateParams.builder()
        .addItem(updated(change))
        .setProrationBehavior(
            change.policy() == ChangePolicy.PRORATE
                ? SubscriptionUpdateParams.ProrationBehavior.ALWAYS_INVOICE
                : SubscriptionUpdateParams.ProrationBehavior.NONE)
        .setPaymentBehavior(behavior)
        .addExpand(StripeReads.DISCOUNTS);
    change.prorationDate().map(Instant::getEpochSecond).ifPresent(params::setProrationDate);
    SubscriptionUpdateParams update = params.build();
    StripeResult answer = calls.send(
        UPDATE,
        client -> client
            .v1()
            .subscriptions()
            .update(change.subscriptionId(), update, keyed(idempotencyKey)));
    return reads.answered(UPDATE, ObjectKind.SUBSCRIPTION, answer);
  }

  /**
   * In two steps: a schedule is made from the subscription, and then gets the next phase. What is
   * sold already needs no schedule, so the one that plans something else is released.
   */
  Observation changeAtRenewal(SubscriptionChange change, String idempotencyKey) {
    String id = change.subscriptionId();
    SubscriptionRetrieveParams whole = SubscriptionRetrieveParams.builder()
        .addExpand(StripeReads.DISCOUNTS)
        .addExpand(StripeReads.CURRENCIES)
        .build();
    StripeResult read = calls.send(READ, client -> client.v1().subscriptions().retrieve(id, whole));
    Subscription present = subscription(read);
    Optional<String> existing = schedule(read);
    if (change.holds(present)) {
      return existing
          .map(planned -> reads.answered(
              RELEASE,
              ObjectKind.SUBSCRIPTION_SCHEDULE,
              release(planned, idempotencyKey + ":release")))
          .orElseGet(() -> reads.answered(READ, ObjectKind.SUBSCRIPTION, read));
    }
    String schedule = existing.orElseGet(() -> begin(id, idempotencyKey));
    StripeResult answer;
    try {
      answer = calls.send(
          PHASES,
          client -> client
              .v1()
              .subscriptionSchedules()
              .update(schedule, phases(present, change), keyed(idempotencyKey + ":phases")));
    } catch (ProviderRejected e) {
      if (existing.isEmpty()) {
        release(schedule, idempotencyKey + ":release");
      }
      throw e;
    } catch (ProviderUnavailable e) {
      throw StripeReads.unknown(SCHEDULE + " was executed in part.", e);
    }
    return reads.answered(PHASES, ObjectKind.SUBSCRIPTION_SCHEDULE, answer);
  }

  private String begin(String subscriptionId, String idempotencyKey) {
    SubscriptionScheduleCreateParams params = SubscriptionScheduleCreateParams.builder()
        .setFromSubscription(subscriptionId)
        .build();
    StripeResult answer = calls.send(
        SCHEDULE,
        client -> client.v1().subscriptionSchedules().create(params, keyed(idempotencyKey)));
    return answer.body().flatMap(Shapes::id).orElseThrow(() -> StripeReads.senseless(SCHEDULE));
  }

  private static SubscriptionScheduleUpdateParams phases(
      Subscription present, SubscriptionChange change) {
    Phase.Builder now = Phase.builder()
        .setStartDate(present.currentPeriodStart().getEpochSecond())
        .setEndDate(present.currentPeriodEnd().getEpochSecond());
    Phase.Builder then = Phase.builder().setProrationBehavior(Phase.ProrationBehavior.NONE);
    for (Subscription.Item item : present.items()) {
      boolean changed = item.id().equals(change.itemId());
      now.addItem(item(item.priceId(), item.quantity()));
      then.addItem(
          changed
              ? item(change.priceId(), change.quantity())
              : item(item.priceId(), item.quantity()));
    }
    return SubscriptionScheduleUpdateParams.builder()
        .setEndBehavior(EndBehavior.RELEASE)
        .addPhase(now.build())
        .addPhase(then.build())
        .build();
  }

  private static Phase.Item item(String priceId, long quantity) {
    Phase.Item.Builder item = Phase.Item.builder().setPrice(priceId);
    ordered(quantity).ifPresent(item::setQuantity);
    return item.build();
  }

  /** Lets a subscription go on by itself, as if nothing had been scheduled. */
  StripeResult release(String schedule, String idempotencyKey) {
    SubscriptionScheduleReleaseParams params =
        SubscriptionScheduleReleaseParams.builder().build();
    return calls.send(
        RELEASE,
        client ->
            client.v1().subscriptionSchedules().release(schedule, params, keyed(idempotencyKey)));
  }

  /** The schedule that drives a subscription, as it was read. */
  static Optional<String> schedule(StripeResult subscription) {
    return subscription
        .body()
        .map(body -> body.get("schedule"))
        .filter(JsonElement::isJsonPrimitive)
        .map(JsonElement::getAsString);
  }

  private static Subscription subscription(StripeResult answer) {
    JsonObject body = answer.body().orElseThrow(() -> StripeReads.senseless(READ));
    try {
      return SubscriptionShape.read(Fields.of(body));
    } catch (UnreadableShape e) {
      throw StripeReads.senseless(READ);
    }
  }

  private static RequestOptions keyed(String idempotencyKey) {
    return RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
  }
}
