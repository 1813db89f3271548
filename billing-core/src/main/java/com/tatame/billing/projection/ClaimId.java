package com.tatame.billing.projection;

/**
 * Names one claim. A claim that is repeated under its id, because the answer was lost, returns the
 * same events; after its lease has run out, whatever it still tries to write is refused.
 */
public record ClaimId(long value) {}
