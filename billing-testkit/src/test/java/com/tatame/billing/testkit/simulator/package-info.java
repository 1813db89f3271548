/** What the simulator promises, told from outside its port. */
@NullMarked
package com.tatame.billing.testkit.simulator;

import org.jspecify.annotations.NullMarked;
