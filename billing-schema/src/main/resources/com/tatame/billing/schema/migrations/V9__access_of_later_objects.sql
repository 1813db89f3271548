-- Every later migration that adds a table, a view or a function ends with: select secure_schema_v1('{}').

-- {} -> null. Row level security on; nobody but the owner and the service's role sees or calls anything.
create function secure_schema_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_service constant boolean := exists (select 1 from pg_roles where rolname = 'service_role');
  r record;
begin
  -- The history of migrations is locked by the program that runs this.
  for r in
    select c.oid::regclass as name, c.relkind = 'r' and not c.relrowsecurity as open from pg_class c
    where c.relnamespace = '"${schema}"'::regnamespace and c.relkind in ('r', 'v')
      and c.relname <> 'flyway_schema_history'
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
    execute 'grant usage on all sequences in schema "${schema}" to service_role';
  end if;
  -- PostgREST, where there is one, looks at the functions anew.
  notify pgrst, 'reload schema';
  return null;
end $$;

select secure_schema_v1('{}');
