package com.tatame.billing.audit;

import java.util.List;
import java.util.OptionalLong;

/**
 * Port: who changed what. It only reads: the intents of other ports take the entry of what they change
 * and write it in the commit of the change.
 */
public interface AuditStore {
  /**
   * One page of the entries.
   *
   * @param before the number of the last one of the page before; empty for the first page
   * @param limit 1 to 101
   * @return by their time, newest first, then by number, the greatest first
   */
  List<AuditRecord> list(AuditFilter filter, OptionalLong before, int limit);
}
