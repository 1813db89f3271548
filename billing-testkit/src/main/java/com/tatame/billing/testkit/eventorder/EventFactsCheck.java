package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.StoredEvent;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Holds the facts that events state against the events that were processed: each event of the newest
 * version states its facts once, whatever was known when it came, and nothing else states any.
 */
final class EventFactsCheck {
  private static final Set<String> STATED_BY_EVENTS = Set.of(
      "payment.succeeded",
      "payment.failed",
      "payment.action_required",
      "purchase.paid",
      "invoice.payment_failed",
      "customer.balance_changed",
      "discount.applied",
      "discount.ended");

  private EventFactsCheck() {}

  /** Whether only an event can state it. */
  static boolean isStatedByEvents(Fact fact) {
    return STATED_BY_EVENTS.contains(fact.type())
        || fact.terms().isPresent()
        || fact.key().endsWith(":closed");
  }

  /**
   * What differs.
   *
   * @param events of the provider, in the newest version
   * @param facts all that are stored of its objects
   */
  static List<String> complaints(List<JsonNode> events, InboxStore inbox, Stream<Fact> facts) {
    Map<String, String> expected = new TreeMap<>();
    events.stream()
        .filter(event -> inbox
            .find(event.required("id").asText())
            .filter(EventFactsCheck::isProcessed)
            .isPresent())
        .map(EventFactsTruth::of)
        .forEach(expected::putAll);
    Map<String, String> stored = new TreeMap<>();
    facts
        .filter(EventFactsCheck::isStatedByEvents)
        .forEach(fact -> stored.put(fact.key(), text(fact)));
    Set<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(stored.keySet());
    List<String> complaints = new ArrayList<>();
    for (String key : keys) {
      String should = expected.getOrDefault(key, "nothing");
      String is = stored.getOrDefault(key, "nothing");
      if (!should.equals(is)) {
        complaints.add("fact " + key + ": the event says " + should + ", the ledger " + is);
      }
    }
    return complaints;
  }

  private static boolean isProcessed(StoredEvent stored) {
    return stored.event().status() == EventStatus.PROCESSED
        && stored.event().apiVersion().filter(ProofRun.NEWEST::equals).isPresent();
  }

  private static String text(Fact fact) {
    String told = fact.terms()
        .map(change -> terms(fact, change))
        .orElseGet(() -> fact.amount().map(EventFactsCheck::money).orElse(""));
    return "at " + fact.occurredAt().getEpochSecond() + (told.isEmpty() ? "" : ", " + told);
  }

  private static String terms(Fact fact, TermsChange change) {
    return switch (fact.key().substring(fact.key().lastIndexOf(':') + 1)) {
      case "status" ->
        change.from().orElseThrow().status() + " -> " + change.to().status();
      case "plan", "interval", "price", "quantity" ->
        terms(change.from().orElseThrow()) + " -> " + terms(change.to());
      case "opened" -> terms(change.to());
      default -> "";
    };
  }

  private static String terms(SubscriptionTerms terms) {
    return terms.mainItem().priceId() + " x" + terms.mainItem().quantity();
  }

  private static String money(Money money) {
    return money.amount() + " " + money.currency();
  }
}
