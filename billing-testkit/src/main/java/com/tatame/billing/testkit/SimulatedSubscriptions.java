package com.tatame.billing.testkit;

import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentAction;
import com.tatame.billing.subscription.InvoicePreview;
import com.tatame.billing.subscription.PauseBehavior;
import com.tatame.billing.subscription.SelfPause;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionChange;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.testkit.SimulatedCalls.Success;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Cancels, keeps, resumes, changes, pauses and lists subscriptions. */
final class SimulatedSubscriptions implements SubscriptionControl {
  private static final String PATH = "/v1/subscriptions/";

  private final SimulatedCalls calls;
  private final SimulatedReads reads;
  private final SimulatedChanges changes;

  SimulatedSubscriptions(SimulatedCalls calls, SimulatedReads reads) {
    this.calls = calls;
    this.reads = reads;
    this.changes = new SimulatedChanges(calls, reads);
  }

  // A deletion has no idempotency key, and what has ended can't be found to be ended again; so when
  // there is nothing to cancel, what is there decides.
  @Override
  public Observation cancelNow(
      String subscriptionId, Optional<String> reason, String idempotencyKey) {
    try {
      Map<String, Object> parameters = details(reason);
      parameters.put("expand", SimulatedReads.WHOLE);
      Success answer = calls.delete(PATH + subscriptionId, parameters);
      return SimulatedReads.present(ObjectKind.SUBSCRIPTION, answer.body(), answer.at());
    } catch (ProviderRejected e) {
      ObjectRef subscription = new ObjectRef(ObjectKind.SUBSCRIPTION, subscriptionId);
      Observation present = reads.after(subscription, new SubjectId(subscriptionId));
      if (present.state().filter(ProviderObject::terminal).isEmpty()) {
        throw e;
      }
      return present;
    }
  }

  @Override
  public Observation cancelAtPeriodEnd(
      String subscriptionId, Optional<String> reason, String idempotencyKey) {
    Map<String, Object> parameters = details(reason);
    parameters.put("cancel_at_period_end", "true");
    try {
      return update(subscriptionId, parameters, idempotencyKey);
    } catch (ProviderRejected e) {
      String schedule = changes.scheduleOf(subscriptionId).orElseThrow(() -> e);
      changes.release(schedule, idempotencyKey + ":release");
      return update(subscriptionId, parameters, idempotencyKey + ":released");
    }
  }

  // Only one of the two parameters is taken at a time. The second step depends on what the first
  // one answers, and has a key of its own.
  @Override
  public Observation keep(String subscriptionId, String idempotencyKey) {
    Observation kept =
        update(subscriptionId, Map.of("cancel_at_period_end", "false"), idempotencyKey);
    boolean stillEnds = kept.state()
        .map(Subscription.class::cast)
        .filter(Subscription::cancelAtPeriodEnd)
        .isPresent();
    if (!stillEnds) {
      return kept;
    }
    try {
      return update(subscriptionId, Map.of("cancel_at", ""), idempotencyKey + ":cancel_at");
    } catch (ProviderUnavailable e) {
      if (e.execution() == Execution.REPLAYED_FAILURE) {
        throw e;
      }
      throw new ProviderUnavailable(
          Execution.UNKNOWN, e.retryAfter(), "It was executed in part.", e);
    }
  }

  @Override
  public Observation resumePaused(String subscriptionId, String idempotencyKey) {
    return reads.mutate(
        ObjectKind.SUBSCRIPTION, PATH + subscriptionId + "/resume", Map.of(), idempotencyKey);
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
    Map<String, Object> pause = new HashMap<>();
    pause.put("behavior", behavior.code());
    resumesAt.ifPresent(at -> pause.put("resumes_at", Long.toString(at.getEpochSecond())));
    return update(
        subscriptionId,
        Map.of("pause_collection", pause, "metadata", Map.of("billing_self_pause", "")),
        idempotencyKey);
  }

  @Override
  public Observation pauseByUser(String subscriptionId, SelfPause pause, String idempotencyKey) {
    return update(
        subscriptionId,
        Map.of(
            "pause_collection",
            Map.of("behavior", "void", "resumes_at", seconds(List.of(pause.until()))),
            "metadata",
            metadata(pause)),
        idempotencyKey);
  }

  @Override
  public Observation endPauseByUser(String subscriptionId, SelfPause ended, String idempotencyKey) {
    return update(
        subscriptionId,
        Map.of("pause_collection", "", "metadata", metadata(ended)),
        idempotencyKey);
  }

  private static Map<String, String> metadata(SelfPause pause) {
    return Map.of(
        "billing_self_pause", seconds(List.of(pause.since(), pause.until())),
        "billing_self_pauses", seconds(pause.begun()));
  }

  private static String seconds(List<Instant> instants) {
    return instants.stream()
        .map(instant -> Long.toString(instant.getEpochSecond()))
        .collect(Collectors.joining(","));
  }

  @Override
  public Observation endTrial(String subscriptionId, String idempotencyKey) {
    return update(subscriptionId, Map.of("trial_end", "now"), idempotencyKey);
  }

  @Override
  public Observation resumeCollection(String subscriptionId, String idempotencyKey) {
    return update(subscriptionId, Map.of("pause_collection", ""), idempotencyKey);
  }

  @Override
  public Optional<PaymentAction> paymentAction(String subscriptionId) {
    return changes.paymentAction(subscriptionId);
  }

  @Override
  public List<Observation> ofCustomer(String customerId) {
    return reads.all(ObjectKind.SUBSCRIPTION, Map.of("customer", customerId, "status", "all"));
  }

  private Observation update(
      String subscriptionId, Map<String, Object> parameters, String idempotencyKey) {
    return reads.mutate(ObjectKind.SUBSCRIPTION, PATH + subscriptionId, parameters, idempotencyKey);
  }

  private static Map<String, Object> details(Optional<String> reason) {
    Map<String, Object> parameters = new HashMap<>();
    reason.ifPresent(comment -> parameters.put("cancellation_details", Map.of("comment", comment)));
    return parameters;
  }
}
