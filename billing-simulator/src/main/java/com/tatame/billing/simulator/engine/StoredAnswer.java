package com.tatame.billing.simulator.engine;

/** The first answer given for an idempotency key, and what was asked, so that a different question is noticed. */
record StoredAnswer(long at, String question, int status, String body) {}
