package com.tatame.billing.catalog;

import com.tatame.billing.money.Money;
import java.util.Optional;

/**
 * What a plan costs for one interval.
 *
 * @param lookupKey the stable name under which the provider knows the price
 * @param priceId the provider's price id where configuration fixes it; else it is found by lookup key
 */
public record PlanPrice(Money price, String lookupKey, Optional<String> priceId) {}
