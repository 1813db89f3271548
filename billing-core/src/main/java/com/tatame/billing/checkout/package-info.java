/**
 * Opening a checkout, and knowing how it ended.
 */
@NullMarked
package com.tatame.billing.checkout;

import org.jspecify.annotations.NullMarked;
