/**
 * Subscription billing as a library: {@link com.tatame.billing.Billing} is where a program starts.
 */
@NullMarked
package com.tatame.billing;

import org.jspecify.annotations.NullMarked;
