package com.tatame.billing.architecture.bad.checkout;

/** What the refund example reaches back for. */
public final class OpenedByRefund {}
