/**
 * Tests of what this package promises.
 */
@NullMarked
package com.tatame.billing.server;

import org.jspecify.annotations.NullMarked;
