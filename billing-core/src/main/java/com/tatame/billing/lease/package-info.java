/**
 * Leases that are short because a heartbeat extends them.
 */
@NullMarked
package com.tatame.billing.lease;

import org.jspecify.annotations.NullMarked;
