/**
 * Provider events: stored first, then processed at least once with effects applied once.
 */
@NullMarked
package com.tatame.billing.inbox;

import org.jspecify.annotations.NullMarked;
