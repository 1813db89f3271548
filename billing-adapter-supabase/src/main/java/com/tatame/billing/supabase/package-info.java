/**
 * The billing store on a Supabase project, over its Data API: one request for each call of a port, and
 * no database connection.
 */
@NullMarked
package com.tatame.billing.supabase;

import org.jspecify.annotations.NullMarked;
