/**
 * The one link between an account and its customer at the provider.
 */
@NullMarked
package com.tatame.billing.customer;

import org.jspecify.annotations.NullMarked;
