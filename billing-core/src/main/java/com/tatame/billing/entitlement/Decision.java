package com.tatame.billing.entitlement;

import com.tatame.billing.catalog.Feature;
import java.util.Optional;

/**
 * Whether an account may use a feature.
 *
 * @param feature as the plan in force defines it
 * @param reason why not, in words for the user; empty when allowed
 */
public record Decision(boolean allowed, Feature feature, Optional<String> reason) {}
