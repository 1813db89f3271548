/**
 * Subscriptions: reading, canceling, resuming.
 */
@NullMarked
package com.tatame.billing.subscription;

import org.jspecify.annotations.NullMarked;
