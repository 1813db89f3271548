/** What the simulator promises, told from outside its port. */
@NullMarked
package com.tatame.billing.simulator;

import org.jspecify.annotations.NullMarked;
