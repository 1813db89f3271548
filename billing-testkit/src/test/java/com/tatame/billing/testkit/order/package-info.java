/** Our own core on trial, wrong cores that must be caught, and how others try theirs. */
@NullMarked
package com.tatame.billing.testkit.order;

import org.jspecify.annotations.NullMarked;
