package com.tatame.billing.mail;

import java.time.Instant;
import java.util.Optional;

/**
 * How sending is doing.
 *
 * @param due mails that are due and not sent yet
 * @param ready those of them that are not in a pause after a failure
 * @param oldestPlannedAt when the oldest of them was planned; wall time
 * @param unknown mails of which it isn't known whether they were sent
 */
public record MailBacklog(long due, long ready, Optional<Instant> oldestPlannedAt, long unknown) {}
