/**
 * What is learnt from the payment provider, already in our own words.
 */
@NullMarked
package com.tatame.billing.observation;

import org.jspecify.annotations.NullMarked;
