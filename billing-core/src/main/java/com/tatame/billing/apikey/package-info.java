/**
 * Keys with which other programs call on their own behalf or for an account.
 */
@NullMarked
package com.tatame.billing.apikey;

import org.jspecify.annotations.NullMarked;
