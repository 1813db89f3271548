package com.tatame.billing.importing;

import java.util.List;
import java.util.Optional;

/**
 * Which of an application's own tables say what.
 *
 * @param name of the mapping: what it has imported is known by it, so it must never change
 */
public record TableMapping(
    String name,
    Optional<UserColumns> users,
    Optional<LinkColumns> customers,
    List<UsageColumns> usage,
    Optional<EventColumns> events) {
  public TableMapping {
    usage = List.copyOf(usage);
  }
}
