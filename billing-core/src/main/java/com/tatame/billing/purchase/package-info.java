/**
 * What was bought once, by whom and for how much, and what became of it.
 */
@NullMarked
package com.tatame.billing.purchase;

import org.jspecify.annotations.NullMarked;
