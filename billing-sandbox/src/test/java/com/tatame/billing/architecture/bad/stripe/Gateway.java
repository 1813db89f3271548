package com.tatame.billing.architecture.bad.stripe;

/** Stands for a port. */
interface Gateway {}
