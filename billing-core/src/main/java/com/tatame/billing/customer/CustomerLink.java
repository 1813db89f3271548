package com.tatame.billing.customer;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Optional;

/**
 * The one mapping between an account and its customer at the provider.
 *
 * @param createdAt when the provider created the customer
 */
public record CustomerLink(
    AccountId accountId,
    String customerId,
    Optional<String> email,
    Optional<String> name,
    Instant createdAt) {}
