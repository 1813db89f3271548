/**
 * The database's schema as migrations, and the store that calls its functions: JSON in, JSON out. It
 * doesn't know how a function is reached; an adapter brings the transport.
 */
@NullMarked
package com.tatame.billing.schema;

import org.jspecify.annotations.NullMarked;
