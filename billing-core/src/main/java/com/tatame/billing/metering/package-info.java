/**
 * Usage of metered features, and its way through an outbox to the provider's meters.
 */
@NullMarked
package com.tatame.billing.metering;

import org.jspecify.annotations.NullMarked;
