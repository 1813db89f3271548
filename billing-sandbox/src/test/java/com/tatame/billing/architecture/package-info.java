/** The product's shape, held by rules that were seen to bite. */
@NullMarked
package com.tatame.billing.architecture;

import org.jspecify.annotations.NullMarked;
