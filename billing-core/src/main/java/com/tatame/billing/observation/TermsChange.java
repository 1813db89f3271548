package com.tatame.billing.observation;

import java.util.Optional;

/**
 * What a subscription was sold at before and after one change.
 *
 * @param from empty where the subscription begins
 */
public record TermsChange(Optional<SubscriptionTerms> from, SubscriptionTerms to) {}
