package com.tatame.billing.observation;

import com.tatame.billing.money.Money;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened, once and for ever: read off an object and never off the event that
 * brought it, so two events about one happening tell one fact.
 *
 * @param key unique for what happened, such as {@code in_1:paid}
 * @param type such as {@code invoice.paid}
 * @param occurredAt by the provider's clock
 */
public record Fact(
    String key,
    String type,
    SubjectId subject,
    Optional<String> subscriptionId,
    Optional<Money> amount,
    String status,
    Instant occurredAt) {}
