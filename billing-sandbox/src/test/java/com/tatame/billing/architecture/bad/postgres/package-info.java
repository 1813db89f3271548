/** Breaks rules of the architecture on purpose. */
@NullMarked
package com.tatame.billing.architecture.bad.postgres;

import org.jspecify.annotations.NullMarked;
