/**
 * Retention: how long operational data is kept before it is pruned.
 */
@NullMarked
package com.tatame.billing.retention;

import org.jspecify.annotations.NullMarked;
