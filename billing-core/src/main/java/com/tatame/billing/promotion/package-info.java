/**
 * Coupons, and the codes by which customers claim them.
 */
@NullMarked
package com.tatame.billing.promotion;

import org.jspecify.annotations.NullMarked;
