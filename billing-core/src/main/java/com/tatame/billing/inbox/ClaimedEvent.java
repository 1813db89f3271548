package com.tatame.billing.inbox;

/**
 * An event that a worker holds for the length of its lease.
 *
 * @param seq our own number for it, in the order of arrival
 * @param attempts how often processing it has failed so far
 */
public record ClaimedEvent(long seq, String id, String type, String payload, int attempts) {}
