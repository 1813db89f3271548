/**
 * Everything that a newcomer needs in one process: the server, a simulated Stripe, a PostgreSQL, an
 * identity issuer and a page to try them on.
 */
@NullMarked
package com.tatame.billing.sandbox;

import org.jspecify.annotations.NullMarked;
