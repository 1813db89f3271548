package com.tatame.billing.audit;

import com.tatame.billing.failure.ValidationFailed;
import java.util.List;
import java.util.OptionalLong;

/** Use cases: who changed what, and when. */
public final class AuditLog {
  private final AuditStore store;

  public AuditLog(AuditStore store) {
    this.store = store;
  }

  /**
   * One page, as {@link AuditStore#list}.
   *
   * @throws ValidationFailed if the time ends before it begins
   */
  public List<AuditRecord> list(AuditFilter filter, OptionalLong before, int limit) {
    if (filter.from().isPresent()
        && filter.until().filter(end -> end.isBefore(filter.from().get())).isPresent()) {
      throw ValidationFailed.of("to", "must not be before from");
    }
    return store.list(filter, before, limit);
  }
}
