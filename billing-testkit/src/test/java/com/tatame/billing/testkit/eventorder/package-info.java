/** Our own core on trial, wrong cores that must be caught, and how others try theirs. */
@NullMarked
package com.tatame.billing.testkit.eventorder;

import org.jspecify.annotations.NullMarked;
