/**
 * Amounts in minor currency units.
 */
@NullMarked
package com.tatame.billing.money;

import org.jspecify.annotations.NullMarked;
