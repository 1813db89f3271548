/** Mail to accounts: what is sent for which cause, the outbox it waits in, and what became of it. */
@NullMarked
package com.tatame.billing.mail;

import org.jspecify.annotations.NullMarked;
