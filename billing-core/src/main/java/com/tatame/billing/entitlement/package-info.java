/**
 * What an account may do right now, and why.
 */
@NullMarked
package com.tatame.billing.entitlement;

import org.jspecify.annotations.NullMarked;
