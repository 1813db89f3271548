package com.tatame.billing.outbox;

import com.tatame.billing.account.AccountId;
import java.util.Optional;

/**
 * An account whose entitlement may have changed.
 *
 * @param marks how often it was marked so, by which a later mark is noticed
 * @param published as it was last published; empty before the first time
 */
public record DueEntitlement(
    AccountId account, long marks, Optional<PublishedEntitlement> published) {}
