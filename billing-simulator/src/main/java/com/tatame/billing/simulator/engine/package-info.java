/**
 * The simulated Stripe account as one state machine without input or output: objects, rules, the clock, events and their
 * shapes. It is guarded by one lock and speaks in requests and answers, so that HTTP is only one way to reach it.
 */
@NullMarked
package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.NullMarked;
