-- Who may see and call what, and calls that are carried out once.

-- The answers of calls that were carried out, for transports that repeat a call whose answer was lost.
create table answers (
  request    uuid primary key,
  answer     jsonb not null,
  created_at timestamptz not null default now()
);
create index answers_created_idx on answers (created_at);

-- Calls a function once for each request. A repetition, also one that overtakes the first, gets the
-- answer of the call that was executed.
-- {request, function, argument} -> the function's answer
create function once_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_request constant uuid := (p ->> 'request')::uuid;
  v_answer jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended('request:' || v_request, 0));
  select a.answer into v_answer from answers a where a.request = v_request;
  if found then
    return v_answer;
  end if;
  execute format('select coalesce(%I($1), ''null'')', p ->> 'function') into v_answer using p -> 'argument';
  insert into answers (request, answer) values (v_request, v_answer);
  -- Each call deletes more than it adds. No transport repeats a call after an hour.
  delete from answers a where a.request in (
    select o.request from answers o where o.created_at < now() - interval '1 hour'
    order by o.created_at limit 2 for update skip locked);
  return v_answer;
end $$;

-- {functions: [name]} -> [what the caller can't use: functions that are not there or not granted, and
-- tables that are not granted or whose rows are hidden from it]
create function missing_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(x.name order by x.name), '[]')
    from (
      select 'function ' || f.name as name from jsonb_array_elements_text(p -> 'functions') as f(name)
      where not exists (
        select 1 from pg_proc r
        where r.pronamespace = '"${schema}"'::regnamespace and r.proname = f.name
          and has_function_privilege(r.oid, 'execute'))
      union all
      select 'table ' || c.relname from pg_class c
      where c.relnamespace = '"${schema}"'::regnamespace and c.relkind = 'r'
        and c.relname <> 'billing_schema_history'
        and (row_security_active(c.oid)
          or not has_table_privilege(c.oid, 'select') or not has_table_privilege(c.oid, 'insert')
          or not has_table_privilege(c.oid, 'update') or not has_table_privilege(c.oid, 'delete'))) x);
end $$;

-- {} -> true
create function ping_v1(p jsonb) returns jsonb
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select 'true'::jsonb
$$;

-- {} -> null. Row level security is on for every table, and only the owner and the service's role see or call anything;
-- every table that moves has its guards. A later migration that adds a table, a view or a function ends with:
-- select secure_schema_v1('{}');
create function secure_schema_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_service constant boolean := exists (select 1 from pg_roles where rolname = 'service_role');
  v_document text;
  r record;
begin
  for r in
    select x ->> 'table' as name from jsonb_array_elements(movable_tables_v1('{}')) as x
    where not exists (
      select from pg_trigger t
      where t.tgrelid = format('"${schema}".%I', x ->> 'table')::regclass and t.tgname = 'guard_insert')
    order by 1
  loop
    v_document := shape_of_v1(jsonb_build_object('table', r.name)) ->> 'document';
    execute format(
      'create trigger guard_insert after insert on %I
       referencing new table as new_rows for each statement execute function guard_write_v1(%L)', r.name, v_document);
    execute format(
      'create trigger guard_update after update on %I referencing old table as old_rows new table as new_rows
       for each statement execute function guard_write_v1(%L)', r.name, v_document);
    execute format(
      'create trigger guard_delete after delete on %I
       referencing old table as old_rows for each statement execute function guard_write_v1(%L)', r.name, v_document);
    execute format(
      'create trigger guard_truncate before truncate on %I
       for each statement execute function guard_write_v1()', r.name);
  end loop;
  -- The history of migrations is locked by the program that runs this.
  for r in
    select c.oid::regclass as name, c.relkind = 'r' and not c.relrowsecurity as open from pg_class c
    where c.relnamespace = '"${schema}"'::regnamespace and c.relkind in ('r', 'v')
      and c.relname <> 'billing_schema_history'
    order by c.relname
  loop
    execute format('revoke all on table %s from public', r.name);
    if r.open then
      execute format('alter table %s enable row level security', r.name);
    end if;
    if v_service then
      execute format('grant all on table %s to service_role', r.name);
    end if;
  end loop;
  for r in
    select p.oid::regprocedure as name from pg_proc p where p.pronamespace = '"${schema}"'::regnamespace
    order by p.proname
  loop
    execute format('revoke all on function %s from public', r.name);
    if v_service then
      execute format('grant execute on function %s to service_role', r.name);
    end if;
  end loop;
  if v_service then
    execute 'grant usage on schema "${schema}" to service_role';
    -- A move sets where sequences go on.
    execute 'grant all on all sequences in schema "${schema}" to service_role';
  end if;
  -- PostgREST, where there is one, reloads the functions.
  notify pgrst, 'reload schema';
  return null;
end $$;

select secure_schema_v1('{}');
