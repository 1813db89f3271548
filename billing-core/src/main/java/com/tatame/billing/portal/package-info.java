/**
 * The provider's own page on which customers look after themselves.
 */
@NullMarked
package com.tatame.billing.portal;

import org.jspecify.annotations.NullMarked;
