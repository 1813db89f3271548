/**
 * What is used of metered features, and its way to the provider's meters.
 */
@NullMarked
package com.tatame.billing.metering;

import org.jspecify.annotations.NullMarked;
