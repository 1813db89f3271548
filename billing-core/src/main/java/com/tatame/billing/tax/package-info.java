/**
 * Taxes, as the provider reckons them, and customers' numbers with tax authorities.
 */
@NullMarked
package com.tatame.billing.tax;

import org.jspecify.annotations.NullMarked;
