/**
 * The outbox: each account's stream of ledger entries, and their delivery to handlers of the program
 * and to endpoints of others, at least once and in each account's order.
 */
@NullMarked
package com.tatame.billing.outbox;

import org.jspecify.annotations.NullMarked;
