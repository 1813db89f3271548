package com.tatame.billing.inbox;

import java.time.Instant;
import java.util.Optional;

/**
 * The inbox at a glance.
 *
 * @param backlog events that wait or are being processed; dead ones are not among them
 * @param oldestReceivedAt of the backlog
 * @param pendingReads objects that only a read of the provider can settle
 * @param oldestPendingRead since when the one that waits longest wants to be read, by the provider's
 *     clock
 * @param failedLately of the last thousand events received, how many failed at least once
 * @param receivedLately how many those are, if there aren't a thousand
 */
public record InboxStatus(
    long backlog,
    Optional<Instant> oldestReceivedAt,
    long retrying,
    long dead,
    long pendingReads,
    Optional<Instant> oldestPendingRead,
    long failedLately,
    long receivedLately,
    Optional<Instant> lastReceivedAt) {}
