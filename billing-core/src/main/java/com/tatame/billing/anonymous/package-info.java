/**
 * Visitors who have not signed in, until they do.
 */
@NullMarked
package com.tatame.billing.anonymous;

import org.jspecify.annotations.NullMarked;
