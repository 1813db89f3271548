package com.tatame.billing.projection;

import java.util.List;

/**
 * The result of a fold.
 *
 * @param changes in a fixed order, whatever order the observations had
 * @param alarms what an operator should look at; names ids, never persons
 */
public record Projection(List<Change> changes, List<String> alarms) {
  public Projection {
    changes = List.copyOf(changes);
    alarms = List.copyOf(alarms);
  }
}
