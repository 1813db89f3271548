package com.tatame.billing.drift;

import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.SetupIntent;
import com.tatame.billing.promotion.PromotionCode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Events that are stored and not yet applied: until they are, a comparison means nothing. */
final class WaitingEvents {
  private static final int RECENT = 20;
  private static final Set<EventStatus> WAITING =
      Set.of(EventStatus.RECEIVED, EventStatus.PROCESSING, EventStatus.RETRYING);

  /** Kinds of objects whose subject is a payment. */
  private static final Set<ObjectKind> OF_PAYMENTS =
      Set.of(ObjectKind.REFUND, ObjectKind.DISPUTE, ObjectKind.INVOICE_PAYMENT);

  private final InboxStore inbox;
  private final StoredRows stored;

  WaitingEvents(InboxStore inbox, StoredRows stored) {
    this.inbox = inbox;
    this.stored = stored;
  }

  /** Whether an event of this lane waits to be processed. */
  boolean in(String lane) {
    return inbox.events(EventFilter.ALL.withLane(lane), Optional.empty(), RECENT).stream()
        .anyMatch(event -> WAITING.contains(event.status()));
  }

  /** Whether an event of this object may wait: under its customer if it names one, else under its own id. */
  boolean of(Observation seen) {
    return lanes(seen).stream().anyMatch(this::in);
  }

  private Set<String> lanes(Observation seen) {
    Set<String> lanes = new HashSet<>();
    lanes.add(seen.object().id());
    lanes.add(seen.subject().value());
    customer(seen.state()).ifPresent(lanes::add);
    ObjectRef payment = new ObjectRef(ObjectKind.PAYMENT_INTENT, seen.subject().value());
    if (OF_PAYMENTS.contains(seen.object().kind())) {
      customer(stored.object(payment, seen.subject())).ifPresent(lanes::add);
    }
    return lanes;
  }

  private static Optional<String> customer(Optional<ProviderObject> state) {
    if (state.isEmpty()) {
      return Optional.empty();
    }
    if (state.get() instanceof PaymentIntent payment) {
      return payment.customerId();
    }
    if (state.get() instanceof SetupIntent setup) {
      return setup.customerId();
    }
    return state.get() instanceof PromotionCode code ? code.customerId() : Optional.empty();
  }
}
