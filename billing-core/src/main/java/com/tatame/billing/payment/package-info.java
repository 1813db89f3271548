/**
 * How customers pay, what they paid, and what their banks took back.
 */
@NullMarked
package com.tatame.billing.payment;

import org.jspecify.annotations.NullMarked;
