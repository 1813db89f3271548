/**
 * Answers kept for callers that repeat a request.
 */
@NullMarked
package com.tatame.billing.idempotency;

import org.jspecify.annotations.NullMarked;
