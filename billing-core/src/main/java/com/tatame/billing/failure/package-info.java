/**
 * What can go wrong, as one family of exceptions with stable codes.
 */
@NullMarked
package com.tatame.billing.failure;

import org.jspecify.annotations.NullMarked;
