/**
 * What is sold: the plans of the catalog, and the provider's products and prices behind them.
 */
@NullMarked
package com.tatame.billing.catalog;

import org.jspecify.annotations.NullMarked;
