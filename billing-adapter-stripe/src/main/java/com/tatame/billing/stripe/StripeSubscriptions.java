package com.tatame.billing.stripe;

import com.stripe.net.RequestOptions;
import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionListParams;
import com.stripe.param.SubscriptionResumeParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.common.EmptyParam;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentAction;
import com.tatame.billing.subscription.InvoicePreview;
import com.tatame.billing.subscription.PauseBehavior;
import com.tatame.billing.subscription.SelfPause;
import com.tatame.billing.subscription.SubscriptionChange;
import com.tatame.billing.subscription.SubscriptionControl;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Cancels, keeps, resumes, changes, pauses and lists subscriptions. */
final class StripeSubscriptions implements SubscriptionControl {
  private static final String CANCEL = "subscriptions.cancel";
  private static final String UPDATE = "subscriptions.update";
  private static final String RESUME = "subscriptions.resume";
  private static final long PAGE = 100;

  private final StripeCalls calls;
  private final StripeReads reads;
  private final StripeChanges changes;
  private final StripePaymentActions paymentActions;

  StripeSubscriptions(StripeCalls calls, StripeReads reads) {
    this.calls = calls;
    this.reads = reads;
    this.changes = new StripeChanges(calls, reads);
    this.paymentActions = new StripePaymentActions(calls);
  }

  /**
   * Stripe keeps no idempotency keys of deletions and doesn't find a canceled subscription to cancel
   * it again. So when there is nothing to cancel, what is there decides.
   */
  @Override
  public Observation cancelNow(
      String subscriptionId, Optional<String> reason, String idempotencyKey) {
    SubscriptionCancelParams.Builder params =
        SubscriptionCancelParams.builder().addExpand(StripeReads.DISCOUNTS);
    reason.ifPresent(comment ->
        params.setCancellationDetails(SubscriptionCancelParams.CancellationDetails.builder()
            .setComment(comment)
            .build()));
    SubscriptionCancelParams cancel = params.build();
    try {
      StripeResult answer = calls.send(
          CANCEL,
          client ->
              client.v1().subscriptions().cancel(subscriptionId, cancel, keyed(idempotencyKey)));
      return reads.answered(CANCEL, ObjectKind.SUBSCRIPTION, answer);
    } catch (ProviderRejected e) {
      if (!e.providerCode().equals("resource_missing")) {
        throw e;
      }
      Observation present = reads.afterwards(
          CANCEL,
          new ObjectRef(ObjectKind.SUBSCRIPTION, subscriptionId),
          new SubjectId(subscriptionId));
      if (present.state().filter(ProviderObject::terminal).isEmpty()) {
        throw e;
      }
      return present;
    }
  }

  @Override
  public Observation cancelAtPeriodEnd(
      String subscriptionId, Optional<String> reason, String idempotencyKey) {
    SubscriptionUpdateParams.Builder params =
        SubscriptionUpdateParams.builder().setCancelAtPeriodEnd(true);
    reason.ifPresent(comment ->
        params.setCancellationDetails(SubscriptionUpdateParams.CancellationDetails.builder()
            .setComment(comment)
            .build()));
    try {
      return observed(update(subscriptionId, params, idempotencyKey));
    } catch (ProviderRejected e) {
      // Whatever a schedule drives can't be told to end; the refusal is bound to the key.
      String schedule = scheduleOf(subscriptionId).orElseThrow(() -> e);
      changes.release(schedule, idempotencyKey + ":release");
      return observed(update(subscriptionId, params, idempotencyKey + ":released"));
    }
  }

  private Optional<String> scheduleOf(String subscriptionId) {
    StripeResult read = calls.read(
        "subscriptions.read", client -> client.v1().subscriptions().retrieve(subscriptionId));
    return StripeChanges.schedule(read);
  }

  /**
   * In two steps, since Stripe takes only one of the two parameters at a time. What the second step
   * depends on is the first one's answer and not the present state, so that repeating the whole
   * with the same key always sends the same and never undoes a later cancellation.
   */
  @Override
  public Observation keep(String subscriptionId, String idempotencyKey) {
    StripeResult kept = update(
        subscriptionId,
        SubscriptionUpdateParams.builder().setCancelAtPeriodEnd(false),
        idempotencyKey);
    if (!stillEndsWithPeriod(kept)) {
      return observed(kept);
    }
    try {
      return observed(update(
          subscriptionId,
          SubscriptionUpdateParams.builder().setCancelAt(EmptyParam.EMPTY),
          idempotencyKey + ":cancel_at"));
    } catch (ProviderUnavailable e) {
      throw StripeReads.unknown(UPDATE + " was executed in part.", e);
    }
  }

  @Override
  public Observation resumePaused(String subscriptionId, String idempotencyKey) {
    SubscriptionResumeParams params =
        SubscriptionResumeParams.builder().addExpand(StripeReads.DISCOUNTS).build();
    StripeResult answer = calls.send(
        RESUME,
        client ->
            client.v1().subscriptions().resume(subscriptionId, params, keyed(idempotencyKey)));
    return reads.answered(RESUME, ObjectKind.SUBSCRIPTION, answer);
  }

  @Override
  public Optional<InvoicePreview> preview(SubscriptionChange change) {
    return changes.preview(change);
  }

  @Override
  public Observation change(SubscriptionChange change, String idempotencyKey) {
    return changes.change(change, idempotencyKey);
  }

  @Override
  public Observation changeAtRenewal(SubscriptionChange change, String idempotencyKey) {
    return changes.changeAtRenewal(change, idempotencyKey);
  }

  @Override
  public Observation pauseCollection(
      String subscriptionId,
      PauseBehavior behavior,
      Optional<Instant> resumesAt,
      String idempotencyKey) {
    SubscriptionUpdateParams.PauseCollection.Builder pause =
        SubscriptionUpdateParams.PauseCollection.builder()
            .setBehavior(
                switch (behavior) {
                  case VOID -> SubscriptionUpdateParams.PauseCollection.Behavior.VOID;
                  case KEEP_AS_DRAFT ->
                    SubscriptionUpdateParams.PauseCollection.Behavior.KEEP_AS_DRAFT;
                  case MARK_UNCOLLECTIBLE ->
                    SubscriptionUpdateParams.PauseCollection.Behavior.MARK_UNCOLLECTIBLE;
                });
    resumesAt.map(Instant::getEpochSecond).ifPresent(pause::setResumesAt);
    return observed(update(
        subscriptionId,
        SubscriptionUpdateParams.builder()
            .setPauseCollection(pause.build())
            .putMetadata(Metadata.SELF_PAUSE, ""),
        idempotencyKey));
  }

  @Override
  public Observation pauseByUser(String subscriptionId, SelfPause pause, String idempotencyKey) {
    return observed(update(
        subscriptionId,
        SubscriptionUpdateParams.builder()
            .setPauseCollection(SubscriptionUpdateParams.PauseCollection.builder()
                .setBehavior(SubscriptionUpdateParams.PauseCollection.Behavior.VOID)
                .setResumesAt(pause.until().getEpochSecond())
                .build())
            .putAllMetadata(Metadata.of(pause)),
        idempotencyKey));
  }

  @Override
  public Observation endPauseByUser(String subscriptionId, SelfPause ended, String idempotencyKey) {
    return observed(update(
        subscriptionId,
        SubscriptionUpdateParams.builder()
            .setPauseCollection(EmptyParam.EMPTY)
            .putAllMetadata(Metadata.of(ended)),
        idempotencyKey));
  }

  @Override
  public Observation endTrial(String subscriptionId, String idempotencyKey) {
    return observed(update(
        subscriptionId,
        SubscriptionUpdateParams.builder().setTrialEnd(SubscriptionUpdateParams.TrialEnd.NOW),
        idempotencyKey));
  }

  @Override
  public Observation resumeCollection(String subscriptionId, String idempotencyKey) {
    return observed(update(
        subscriptionId,
        SubscriptionUpdateParams.builder().setPauseCollection(EmptyParam.EMPTY),
        idempotencyKey));
  }

  @Override
  public Optional<PaymentAction> paymentAction(String subscriptionId) {
    return paymentActions.of(subscriptionId);
  }

  @Override
  public List<Observation> ofCustomer(String customerId) {
    List<Observation> listed = reads.all("subscriptions.list", ObjectKind.SUBSCRIPTION, after -> {
      SubscriptionListParams.Builder params = SubscriptionListParams.builder()
          .setCustomer(customerId)
          .setStatus(SubscriptionListParams.Status.ALL)
          .setLimit(PAGE)
          .addExpand("data." + StripeReads.DISCOUNTS);
      after.ifPresent(params::setStartingAfter);
      return client -> client.v1().subscriptions().list(params.build());
    });
    // A list can't be asked for the other currencies of prices, which lie too deep for it.
    return listed.stream()
        .map(seen -> seen.content() instanceof Observation.Unreadable
            ? reads.read(seen.object(), new SubjectId(customerId))
            : seen)
        .toList();
  }

  private StripeResult update(
      String subscriptionId, SubscriptionUpdateParams.Builder params, String idempotencyKey) {
    SubscriptionUpdateParams update = params.addExpand(StripeReads.DISCOUNTS).build();
    return calls.send(
        UPDATE,
        client ->
            client.v1().subscriptions().update(subscriptionId, update, keyed(idempotencyKey)));
  }

  private Observation observed(StripeResult updated) {
    return reads.answered(UPDATE, ObjectKind.SUBSCRIPTION, updated);
  }

  private static boolean stillEndsWithPeriod(StripeResult answer) {
    try {
      return answer
          .body()
          .filter(body -> SubscriptionShape.endsWithPeriod(Fields.of(body)))
          .isPresent();
    } catch (UnreadableShape e) {
      return false;
    }
  }

  private static RequestOptions keyed(String idempotencyKey) {
    return RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
  }
}
