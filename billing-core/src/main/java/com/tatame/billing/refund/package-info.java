/**
 * Money that was given back.
 */
@NullMarked
package com.tatame.billing.refund;

import org.jspecify.annotations.NullMarked;
