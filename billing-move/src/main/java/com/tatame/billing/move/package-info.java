/**
 * Moves everything that a store holds to another one, while the first is at work: copy, follow,
 * compare, switch within seconds, and a way back.
 */
@NullMarked
package com.tatame.billing.move;

import org.jspecify.annotations.NullMarked;
