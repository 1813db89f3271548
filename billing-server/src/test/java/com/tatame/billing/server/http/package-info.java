/**
 * Tests of what this package promises.
 */
@NullMarked
package com.tatame.billing.server.http;

import org.jspecify.annotations.NullMarked;
