/**
 * Who calls, and whose data it is.
 */
@NullMarked
package com.tatame.billing.account;

import org.jspecify.annotations.NullMarked;
