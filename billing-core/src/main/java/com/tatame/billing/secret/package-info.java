/** Secrets that must be read again are stored sealed. */
@NullMarked
package com.tatame.billing.secret;

import org.jspecify.annotations.NullMarked;
