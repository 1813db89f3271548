/**
 * The payment provider as a bag of small roles.
 */
@NullMarked
package com.tatame.billing.gateway;

import org.jspecify.annotations.NullMarked;
