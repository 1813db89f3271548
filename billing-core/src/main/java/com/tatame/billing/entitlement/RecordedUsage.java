package com.tatame.billing.entitlement;

/**
 * A report that was written down.
 *
 * @param again whether that was done before, under the same key
 */
public record RecordedUsage(Consumption consumption, boolean again) {}
