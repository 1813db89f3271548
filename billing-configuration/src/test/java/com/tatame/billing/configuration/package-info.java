/** Files that are right, and every way in which they can be wrong. */
@NullMarked
package com.tatame.billing.configuration;

import org.jspecify.annotations.NullMarked;
