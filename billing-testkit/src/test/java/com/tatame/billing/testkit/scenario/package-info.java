/** What the use cases promise, told as stories over a whole world in memory. */
@NullMarked
package com.tatame.billing.testkit.scenario;

import org.jspecify.annotations.NullMarked;
