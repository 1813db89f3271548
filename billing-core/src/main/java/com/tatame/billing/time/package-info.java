/**
 * Clocks, and which times are accepted from outside.
 */
@NullMarked
package com.tatame.billing.time;

import org.jspecify.annotations.NullMarked;
