/**
 * Invoices as the provider holds them.
 */
@NullMarked
package com.tatame.billing.invoice;

import org.jspecify.annotations.NullMarked;
