/**
 * The bag of all stores that an adapter provides.
 */
@NullMarked
package com.tatame.billing.store;

import org.jspecify.annotations.NullMarked;
