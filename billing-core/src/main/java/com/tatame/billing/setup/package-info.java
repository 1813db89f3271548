/**
 * What an account at the provider must hold before anything can be sold: compared with the catalog,
 * and made so.
 */
@NullMarked
package com.tatame.billing.setup;

import org.jspecify.annotations.NullMarked;
