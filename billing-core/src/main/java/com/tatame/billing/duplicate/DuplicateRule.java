package com.tatame.billing.duplicate;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.subscription.Subscription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of a customer's subscriptions are one too many: of those of one family that entitle, all but
 * the first. One that is unpaid or paused is none of them, since it neither gives anything nor is
 * charged; and an account that has only such a one must not lose another that is paid.
 */
final class DuplicateRule {
  private static final Comparator<Subscription> FIRST_COME =
      Comparator.comparing(Subscription::createdAt).thenComparing(Subscription::id);

  private final Catalog catalog;

  DuplicateRule(Catalog catalog) {
    this.catalog = catalog;
  }

  /** One too many, and the first of its family. */
  record Pair(Subscription extra, Subscription kept, String family) {}

  /** In whatever order they are given, the answer is the same. */
  List<Pair> pairs(Collection<Subscription> subscriptions) {
    Map<String, Subscription> first = new HashMap<>();
    List<Pair> pairs = new ArrayList<>();
    for (Subscription subscription : subscriptions.stream()
        .filter(each -> each.status().entitles())
        .sorted(FIRST_COME)
        .toList()) {
      family(subscription).ifPresent(family -> {
        Subscription kept = first.putIfAbsent(family, subscription);
        if (kept != null) {
          pairs.add(new Pair(subscription, kept, family));
        }
      });
    }
    return pairs;
  }

  /** The pair in which this one is too many, if it is. */
  Optional<Pair> pairOf(String subscriptionId, Collection<Subscription> subscriptions) {
    return pairs(subscriptions).stream()
        .filter(pair -> pair.extra().id().equals(subscriptionId))
        .findFirst();
  }

  private Optional<String> family(Subscription subscription) {
    return catalog
        .offer(subscription.mainItem().priceId(), subscription.mainItem().lookupKey())
        .map(offer -> offer.plan().family());
  }
}
