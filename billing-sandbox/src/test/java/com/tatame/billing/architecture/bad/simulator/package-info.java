/** Breaks rules of the architecture on purpose. */
@NullMarked
package com.tatame.billing.architecture.bad.simulator;

import org.jspecify.annotations.NullMarked;
