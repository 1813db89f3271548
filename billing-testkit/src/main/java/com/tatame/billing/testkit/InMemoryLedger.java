package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.SetupIntent;
import com.tatame.billing.projection.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The facts, and whose they are. Not thread-safe: callers hold the store's lock. */
final class InMemoryLedger {
  private final MirroredRows rows;
  private final InMemoryStreams streams;
  private final Map<String, BillingEvent> events = new LinkedHashMap<>();
  private final Map<String, List<BillingEvent>> unclaimed = new HashMap<>();

  InMemoryLedger(MirroredRows rows, InMemoryStreams streams) {
    this.rows = rows;
    this.streams = streams;
  }

  Stream<BillingEvent> events() {
    return events.values().stream();
  }

  Stream<Fact> facts() {
    return events().map(BillingEvent::fact);
  }

  /** Appends the facts of a unit whose rows are written. */
  void append(List<Change> changes, Instant now) {
    List<BillingEvent> appended = new ArrayList<>();
    for (Change change : changes) {
      if (change instanceof Change.Append append
          && !events.containsKey(append.fact().key())) {
        BillingEvent event = new BillingEvent(
            append.fact(), accountOf(append.fact().subject().value()), append.cause(), now);
        events.put(event.id(), event);
        if (event.account().isEmpty()) {
          unclaimed
              .computeIfAbsent(event.fact().subject().value(), subject -> new ArrayList<>())
              .add(event);
        } else {
          appended.add(event);
        }
      } else if (change instanceof Change.Entitle entitle && entitle.decides()) {
        streams.examine(entitle.entitlement().account());
      }
    }
    for (Change change : changes) {
      if (change instanceof Change.PublishState publish && appended.isEmpty()) {
        accountOf(publish.customer().value()).ifPresent(streams::examine);
      }
    }
    streams.append(appended, now);
    streams.append(claim(changes), now);
  }

  /** Appends one event of an account. */
  void append(BillingEvent event, Instant now) {
    if (events.putIfAbsent(event.id(), event) == null) {
      streams.append(List.of(event), now);
    }
  }

  // Facts that waited for their customer's account, or for their payment's customer.
  private List<BillingEvent> claim(List<Change> changes) {
    List<BillingEvent> claimed = new ArrayList<>();
    Set<String> subjects = new HashSet<>();
    for (Change change : changes) {
      if (change instanceof Change.Link link) {
        subjects.add(link.customerId());
        subjects.addAll(paymentsOf(link.customerId()));
      } else if (change instanceof Change.Put put && put.state() instanceof PaymentIntent payment) {
        subjects.add(payment.id());
      }
    }
    for (String subject : subjects) {
      accountOf(subject).ifPresent(account -> {
        for (BillingEvent event : unclaimed.getOrDefault(subject, List.of())) {
          BillingEvent owned =
              new BillingEvent(event.fact(), Optional.of(account), event.cause(), event.knownAt());
          events.put(event.id(), owned);
          claimed.add(owned);
        }
        unclaimed.remove(subject);
      });
    }
    return claimed;
  }

  private List<String> paymentsOf(String customerId) {
    return Stream.concat(
            rows.living(PaymentIntent.class)
                .filter(
                    payment -> payment.customerId().filter(customerId::equals).isPresent())
                .map(PaymentIntent::id),
            rows.living(SetupIntent.class)
                .filter(setup -> setup.customerId().filter(customerId::equals).isPresent())
                .map(SetupIntent::id))
        .toList();
  }

  /** Whose customer or payment it is. */
  private Optional<AccountId> accountOf(String subject) {
    return rows.accountOf(subject)
        .or(() -> rows.state(new ObjectRef(ObjectKind.PAYMENT_INTENT, subject))
            .map(PaymentIntent.class::cast)
            .flatMap(
                payment -> payment.customerId().flatMap(rows::accountOf).or(payment::account)));
  }
}
