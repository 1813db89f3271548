package com.tatame.billing.observation;

import com.tatame.billing.money.Money;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Something that happened, once and for ever. Most are read off an object and never off the event that
 * brought it, so two events about one happening state one fact. What changed is the exception: only
 * an event states it, and its id is part of the key.
 *
 * @param key unique for what happened, such as {@code in_1:paid}
 * @param type such as {@code invoice.paid}
 * @param occurredAt by the provider's clock
 * @param terms what a subscription was sold at before and after; only of changes
 * @param details what else is known, such as the code of a failure; ids, codes and amounts in minor
 *     units only, never persons
 */
public record Fact(
    String key,
    String type,
    SubjectId subject,
    Optional<String> subscriptionId,
    Optional<Money> amount,
    String status,
    Instant occurredAt,
    Optional<TermsChange> terms,
    Map<String, String> details) {
  public Fact {
    details = Map.copyOf(details);
  }

  /** One without terms and details. */
  public Fact(
      String key,
      String type,
      SubjectId subject,
      Optional<String> subscriptionId,
      Optional<Money> amount,
      String status,
      Instant occurredAt) {
    this(
        key, type, subject, subscriptionId, amount, status, occurredAt, Optional.empty(), Map.of());
  }

  /** The same with these terms. */
  public Fact with(TermsChange change) {
    return new Fact(
        key,
        type,
        subject,
        subscriptionId,
        amount,
        status,
        occurredAt,
        Optional.of(change),
        details);
  }

  /** The same with one more detail, if it has a value. */
  public Fact with(String detail, Optional<String> value) {
    Map<String, String> more = new TreeMap<>(details);
    value.ifPresent(stated -> more.put(detail, stated));
    return new Fact(key, type, subject, subscriptionId, amount, status, occurredAt, terms, more);
  }
}
