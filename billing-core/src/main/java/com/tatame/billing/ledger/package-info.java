/**
 * The ledger of everything that moved money or changed a subscription.
 */
@NullMarked
package com.tatame.billing.ledger;

import org.jspecify.annotations.NullMarked;
