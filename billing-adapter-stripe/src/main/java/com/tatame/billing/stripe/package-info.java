/**
 * The payment gateway on Stripe. {@link com.tatame.billing.stripe.StripeGateway} is the one way in;
 * no name of Stripe's types or fields leaves this package.
 */
@NullMarked
package com.tatame.billing.stripe;

import org.jspecify.annotations.NullMarked;
