package com.tatame.billing.outbox;

import java.util.List;

/**
 * What an account is entitled to, as far as a change of it is an event.
 *
 * @param tier that decides
 * @param subscriptions that entitle, the one that decides first
 * @param grants that hold, by id
 */
public record PublishedEntitlement(String tier, List<String> subscriptions, List<String> grants) {
  public PublishedEntitlement {
    subscriptions = List.copyOf(subscriptions);
    grants = List.copyOf(grants);
  }
}
