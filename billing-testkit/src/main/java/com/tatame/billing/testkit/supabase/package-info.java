/**
 * A Supabase project's Data API that runs here: a real PostgREST on a given PostgreSQL, behind a stand-in for the hosted
 * gateway that knows its key rules and loses answers when it is told. {@link
 * com.tatame.billing.testkit.supabase.LocalSupabase} is the way in.
 */
@NullMarked
package com.tatame.billing.testkit.supabase;

import org.jspecify.annotations.NullMarked;
