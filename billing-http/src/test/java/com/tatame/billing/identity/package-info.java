/**
 * Tests of what this package promises.
 */
@NullMarked
package com.tatame.billing.identity;

import org.jspecify.annotations.NullMarked;
