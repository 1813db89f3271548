/**
 * Folds observations into units of change: pure, and the only way to a mirrored row.
 */
@NullMarked
package com.tatame.billing.projection;

import org.jspecify.annotations.NullMarked;
