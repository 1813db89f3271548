package com.tatame.billing.sandbox;

import com.tatame.billing.schema.Migrations;
import java.time.Instant;

/**
 * Makes the SQL functions of the product go by the sandbox's clock. What they call {@code now()} is
 * found in another schema before PostgreSQL's own; their code stays as the migrations wrote it.
 */
final class SqlClock {
  private static final String INSTALL = """
      create schema if not exists sandbox_clock;
      create table if not exists sandbox_clock.simulated_time (
        the_only_row boolean primary key default true check (the_only_row),
        at           timestamptz not null
      );
      create or replace function sandbox_clock.now() returns timestamptz language sql stable
      return (select at from sandbox_clock.simulated_time);
      grant usage on schema sandbox_clock to public;
      grant select on sandbox_clock.simulated_time to public;
      alter function ${schema}.track_usage(text, text, bigint, jsonb)
        set search_path = sandbox_clock, pg_catalog, "${schema}", pg_temp;
      alter function ${schema}.get_user_subscription(text)
        set search_path = sandbox_clock, pg_catalog, "${schema}", pg_temp;
      do $$ begin
        execute 'create or replace view ${schema}.current_usage with (security_invoker = true) as '
          || regexp_replace(
            pg_get_viewdef('${schema}.current_usage'::regclass), '(?<![.\\w])now\\(\\)', 'sandbox_clock.now()', 'g');
      end $$;
      """.replace("${schema}", Migrations.DEFAULT_SCHEMA);

  private final EmbeddedDatabase database;

  private SqlClock(EmbeddedDatabase database) {
    this.database = database;
  }

  /**
   * Brings it into the database, whose schema is complete. From then on it stands where {@link #set}
   * puts it.
   */
  static SqlClock install(EmbeddedDatabase database) {
    database.run(INSTALL);
    return new SqlClock(database);
  }

  void set(Instant now) {
    database.run("insert into sandbox_clock.simulated_time (at) values ('" + now
        + "') on conflict (the_only_row) do update set at = excluded.at");
  }
}
