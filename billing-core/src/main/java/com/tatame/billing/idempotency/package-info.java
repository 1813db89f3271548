/**
 * Answers stored under idempotency keys, and replayed to callers that retry a request.
 */
@NullMarked
package com.tatame.billing.idempotency;

import org.jspecify.annotations.NullMarked;
