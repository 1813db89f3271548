/**
 * Tests of what this package promises.
 */
@NullMarked
package com.tatame.billing.http;

import org.jspecify.annotations.NullMarked;
