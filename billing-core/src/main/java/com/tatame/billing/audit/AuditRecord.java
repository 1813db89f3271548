package com.tatame.billing.audit;

/**
 * An entry as it is stored.
 *
 * @param seq its number in the store; what was written at the same time may have them in any order
 */
public record AuditRecord(long seq, AuditEntry entry) {}
