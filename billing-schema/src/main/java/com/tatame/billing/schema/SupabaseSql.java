package com.tatame.billing.schema;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The migrations that the PostgreSQL adapter runs, as scripts for a project's SQL editor. They write
 * the same history table, so that the PostgreSQL adapter can open the database later and finds
 * nothing to do.
 */
public final class SupabaseSql {
  private static final Pattern CREATED =
      Pattern.compile("(?m)^create (table|view|function) (\\w+)");

  private static final String HEAD = """
      -- Tatame Billing for Supabase. Run it in the project's SQL editor; running it again is harmless.
      -- Then expose the schema ${schema}: Project Settings, Data API, Exposed schemas.
      create schema if not exists "${schema}";

      do $check$
      begin
        if to_regclass('"${schema}".billing_schema_history') is null and exists (
            select from pg_class c where c.relnamespace = '"${schema}"'::regnamespace and c.relkind = 'r') then
          raise exception 'The schema ${schema} holds tables, but no billing_schema_history: it was made by a version before the first release, or by another program. If nothing in it is needed, run: drop schema "${schema}" cascade; otherwise use another schema.';
        end if;
      end $check$;

      create table if not exists "${schema}".billing_schema_history (
        installed_rank integer not null constraint billing_schema_history_pk primary key,
        version varchar(50),
        description varchar(200) not null,
        type varchar(20) not null,
        script varchar(1000) not null,
        checksum integer,
        installed_by varchar(100) not null,
        installed_on timestamp not null default now(),
        execution_time integer not null,
        success boolean not null
      );
      create index if not exists billing_schema_history_s_idx
        on "${schema}".billing_schema_history (success);
      alter table "${schema}".billing_schema_history enable row level security;
      revoke all on table "${schema}".billing_schema_history from public;
      """;

  private static final String STEP = """

      do $step$
      begin
        perform pg_advisory_xact_lock(hashtextextended('${schema}.migrations', 0));
        if exists (select 1 from "${schema}".billing_schema_history where version = '${version}') then
          return;
        end if;
        perform set_config('search_path', '"${schema}", public', true);
        execute $migration$
      ${script}
      $migration$;
        insert into "${schema}".billing_schema_history (
          installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
        select coalesce(max(installed_rank), 0) + 1, '${version}', '${description}', 'SQL', '${file}',
          ${checksum}, current_user, 0, true
        from "${schema}".billing_schema_history;
      end $step$;
      """;

  private static final String VALIDATION = """
      -- What is missing for Tatame Billing on Supabase. No row means that all is well.
      with
      tables (name) as (values ${tables}),
      functions (name) as (values ${functions}),
      present_tables as (
        select c.oid, c.relname, c.relkind, c.relrowsecurity from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = '${schema}' and c.relkind in ('r', 'v')),
      present_functions as (
        select p.oid, p.proname from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = '${schema}'),
      service as (select oid from pg_roles where rolname = 'service_role'),
      strangers as (select oid, rolname from pg_roles where rolname in ('anon', 'authenticated'))
      select 'table or view ${schema}.' || t.name || ' is missing' as problem,
        'Run supabase-migrations.sql.' as advice
      from tables t where not exists (select 1 from present_tables p where p.relname = t.name)
      union all
      select 'function ${schema}.' || f.name || ' is missing', 'Run supabase-migrations.sql.'
      from functions f where not exists (select 1 from present_functions p where p.proname = f.name)
      union all
      select 'row level security is off for ${schema}.' || p.relname,
        'alter table "${schema}".' || p.relname || ' enable row level security;'
      from present_tables p where p.relkind = 'r' and not p.relrowsecurity
      union all
      select 'there is no role service_role', 'This is not a Supabase project; use the PostgreSQL store.'
      where not exists (select 1 from service)
      union all
      select 'service_role may not use the schema ${schema}', 'Run supabase-migrations.sql.'
      from service s join pg_namespace n on n.nspname = '${schema}'
      where not has_schema_privilege(s.oid, n.oid, 'usage')
      union all
      select 'service_role may not call ${schema}.' || p.proname,
        'grant execute on all functions in schema "${schema}" to service_role;'
      from present_functions p, service s where not has_function_privilege(s.oid, p.oid, 'execute')
      union all
      select 'service_role may not write ${schema}.' || p.relname,
        'grant all on all tables in schema "${schema}" to service_role;'
      from present_tables p, service s
      where p.relkind = 'r' and p.relname <> 'billing_schema_history'
        and not has_table_privilege(s.oid, p.oid, 'insert')
      union all
      select s.rolname || ' may call ${schema}.' || p.proname,
        'revoke execute on all functions in schema "${schema}" from public, ' || s.rolname || ';'
      from present_functions p, strangers s where has_function_privilege(s.oid, p.oid, 'execute')
      order by 1;
      """;

  private SupabaseSql() {}

  /** Creates or updates the schema. May be run any number of times. */
  public static String migrations(String schema) {
    StringBuilder sql = new StringBuilder(HEAD.replace("${schema}", schema));
    for (Migrations.Script template : Migrations.templates()) {
      sql.append(STEP.replace("${version}", Integer.toString(template.version()))
          .replace("${description}", template.description())
          .replace("${file}", template.name())
          .replace("${checksum}", Integer.toString(checksum(template.sql())))
          .replace("${script}", template.sql())
          .replace("${schema}", schema));
    }
    return sql.toString();
  }

  /** Lists what is missing, one row each with what to do; no row means that all is well. */
  public static String validation(String schema) {
    List<String> tables = new ArrayList<>();
    List<String> functions = new ArrayList<>();
    for (Migrations.Script script : Migrations.scripts(schema)) {
      Matcher created = CREATED.matcher(script.sql());
      while (created.find()) {
        (created.group(1).equals("function") ? functions : tables)
            .add("('" + created.group(2) + "')");
      }
    }
    return VALIDATION
        .replace("${schema}", schema)
        .replace("${tables}", String.join(", ", tables))
        .replace("${functions}", String.join(", ", functions));
  }

  // As Flyway computes it: over the lines, without their ends, before placeholders are filled in.
  private static int checksum(String source) {
    CRC32 crc = new CRC32();
    source.lines().forEach(line -> crc.update(line.getBytes(StandardCharsets.UTF_8)));
    return (int) crc.getValue();
  }
}
