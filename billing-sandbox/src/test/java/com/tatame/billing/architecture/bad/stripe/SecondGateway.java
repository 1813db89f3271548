package com.tatame.billing.architecture.bad.stripe;

/** A second way in. */
public final class SecondGateway implements Gateway {}
