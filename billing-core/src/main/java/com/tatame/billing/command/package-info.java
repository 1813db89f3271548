/**
 * Outgoing mutations: a journal, which is the outbox to the provider. Commands are written down before
 * they are sent, each under an idempotency key.
 */
@NullMarked
package com.tatame.billing.command;

import org.jspecify.annotations.NullMarked;
