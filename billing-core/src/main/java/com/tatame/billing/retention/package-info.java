/**
 * How long is kept what only serves operation.
 */
@NullMarked
package com.tatame.billing.retention;

import org.jspecify.annotations.NullMarked;
