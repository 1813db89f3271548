-- The owner of the tables, and a role that bypasses row security, see everything; anybody else nothing.
-- Every later migration that adds a table or a function must do the same for it.
do $$
declare
  v_service constant boolean := exists (select 1 from pg_roles where rolname = 'service_role');
  r record;
begin
  -- The history of migrations is locked by the program that runs this.
  for r in
    select c.oid::regclass as name from pg_class c
    where c.relnamespace = '"${schema}"'::regnamespace and c.relkind in ('r', 'v')
      and c.relname <> 'flyway_schema_history'
    order by c.relname
  loop
    execute format('revoke all on table %s from public', r.name);
    if v_service then
      execute format('grant all on table %s to service_role', r.name);
    end if;
  end loop;
  for r in
    select c.oid::regclass as name from pg_class c
    where c.relnamespace = '"${schema}"'::regnamespace and c.relkind = 'r'
      and c.relname <> 'flyway_schema_history'
    order by c.relname
  loop
    execute format('alter table %s enable row level security', r.name);
  end loop;
  for r in
    select p.oid::regprocedure as name from pg_proc p where p.pronamespace = '"${schema}"'::regnamespace
  loop
    execute format('revoke all on function %s from public', r.name);
    if v_service then
      execute format('grant execute on function %s to service_role', r.name);
    end if;
  end loop;
  if v_service then
    execute 'grant usage on schema "${schema}" to service_role';
    execute 'grant usage on sequence "${schema}".webhook_seq to service_role';
  end if;
end $$;
