package com.tatame.billing.architecture.bad.stripe;

/** Would be the one way in, were there not a second. */
public final class FirstGateway implements Gateway {}
