package com.tatame.billing.inbox;

import com.tatame.billing.projection.RowChange;
import java.util.List;
import java.util.Optional;

/**
 * What one event would change if it was processed once more, on its own and by what it says itself:
 * where it is not certain, the object would also be read.
 *
 * @param reads how many objects would be read at the provider
 * @param problem why it changes nothing, such as a type that is not handled or a pruned payload
 */
public record ReplayPreview(
    String eventId, String type, List<RowChange> rows, int reads, Optional<String> problem) {
  public ReplayPreview {
    rows = List.copyOf(rows);
  }
}
