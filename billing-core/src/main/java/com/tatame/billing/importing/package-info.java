/**
 * Taking over what an account at the provider, and tables of an application's own, already hold.
 */
@NullMarked
package com.tatame.billing.importing;

import org.jspecify.annotations.NullMarked;
