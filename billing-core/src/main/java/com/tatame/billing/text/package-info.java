/** Texts: what every store can keep of them, and their hashes. */
@NullMarked
package com.tatame.billing.text;

import org.jspecify.annotations.NullMarked;
