/**
 * A Stripe that runs here: it answers Stripe's REST dialect over HTTP, shows a checkout page, sends signed webhooks and keeps
 * a clock that moves only when it is told. {@link com.tatame.billing.simulator.StripeSimulator} is the way in.
 */
@NullMarked
package com.tatame.billing.simulator;

import org.jspecify.annotations.NullMarked;
