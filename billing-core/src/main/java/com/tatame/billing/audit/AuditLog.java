package com.tatame.billing.audit;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.time.TimeBounds;
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
    TimeBounds.requireOrder(filter.from(), filter.until());
    return store.list(filter, before, limit);
  }
}
