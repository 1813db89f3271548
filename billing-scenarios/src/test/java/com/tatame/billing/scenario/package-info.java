/** What the use cases promise, told as stories over a whole world in memory. */
@NullMarked
package com.tatame.billing.scenario;

import org.jspecify.annotations.NullMarked;
