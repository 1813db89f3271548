/**
 * Outgoing mutations, written down before they are sent.
 */
@NullMarked
package com.tatame.billing.command;

import org.jspecify.annotations.NullMarked;
