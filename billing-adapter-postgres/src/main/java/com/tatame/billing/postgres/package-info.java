/**
 * The billing store on PostgreSQL: a pool of connections, migrations at the start, and one function
 * call for each call of a port.
 */
@NullMarked
package com.tatame.billing.postgres;

import org.jspecify.annotations.NullMarked;
