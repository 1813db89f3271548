/**
 * Provider events: stored first and deduplicated by id, then processed at least once with effects
 * applied once. Events that fail too often are dead letters.
 */
@NullMarked
package com.tatame.billing.inbox;

import org.jspecify.annotations.NullMarked;
