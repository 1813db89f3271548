package com.tatame.billing.inbox;

import java.time.Instant;
import java.util.Optional;

/**
 * The inbox at a glance.
 *
 * @param backlog events that wait or are being processed; dead ones are not among them
 * @param oldestReceivedAt of the backlog
 * @param pendingReads objects that only a read of the provider can settle
 */
public record InboxStatus(
    long backlog,
    Optional<Instant> oldestReceivedAt,
    long retrying,
    long dead,
    long pendingReads,
    Optional<Instant> lastReceivedAt) {}
