/**
 * Who calls: verifies the tokens of identity providers, without asking them about each one.
 */
@NullMarked
package com.tatame.billing.identity;

import org.jspecify.annotations.NullMarked;
