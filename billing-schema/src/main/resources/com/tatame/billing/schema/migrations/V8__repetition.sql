-- What a transport needs that repeats calls whose answer was lost, and that can't bring the schema up to
-- date by itself.

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
  perform pg_advisory_xact_lock(hashtextextended(v_request::text, 0));
  select a.answer into v_answer from answers a where a.request = v_request;
  if found then
    return v_answer;
  end if;
  execute format('select coalesce(%I($1), ''null'')', p ->> 'function') into v_answer using p -> 'argument';
  insert into answers (request, answer) values (v_request, v_answer);
  -- Each call takes away more than it leaves. Nobody repeats anything after an hour.
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
        and c.relname <> 'flyway_schema_history'
        and (row_security_active(c.oid)
          or not has_table_privilege(c.oid, 'select') or not has_table_privilege(c.oid, 'insert')
          or not has_table_privilege(c.oid, 'update') or not has_table_privilege(c.oid, 'delete'))) x);
end $$;

alter table answers enable row level security;
revoke all on table answers from public;
revoke all on function once_v1(jsonb), missing_v1(jsonb) from public;
do $$
begin
  if exists (select 1 from pg_roles where rolname = 'service_role') then
    grant all on table answers to service_role;
    grant execute on function once_v1(jsonb), missing_v1(jsonb) to service_role;
  end if;
end $$;

-- PostgREST, where there is one, looks at the functions anew.
notify pgrst, 'reload schema';
