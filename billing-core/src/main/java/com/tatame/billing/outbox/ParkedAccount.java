package com.tatame.billing.outbox;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Optional;

/**
 * An account whose next entry has failed; those behind it wait.
 *
 * @param sequence of the entry
 * @param eventId of the entry
 * @param error of the last attempt
 * @param blocked whether it is given up, until a person retries or skips it
 * @param dueAt when it is tried again
 */
public record ParkedAccount(
    AccountId account,
    long sequence,
    String eventId,
    int attempts,
    Optional<String> error,
    boolean blocked,
    Instant dueAt) {}
