/**
 * One trial a person and plan family.
 */
@NullMarked
package com.tatame.billing.trial;

import org.jspecify.annotations.NullMarked;
