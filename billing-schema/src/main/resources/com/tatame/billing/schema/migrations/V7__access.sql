-- The owner of the tables, and a role that bypasses row security, see everything; anybody else nothing.
-- Every later migration that adds a table or a function must do the same for it.
do $$
declare
  r record;
begin
  for r in
    select c.oid::regclass as name from pg_class c
    where c.relnamespace = '"${schema}"'::regnamespace and c.relkind in ('r', 'p')
  loop
    execute format('alter table %s enable row level security', r.name);
    execute format('revoke all on table %s from public', r.name);
  end loop;
  for r in
    select p.oid::regprocedure as name from pg_proc p where p.pronamespace = '"${schema}"'::regnamespace
  loop
    execute format('revoke all on function %s from public', r.name);
  end loop;
  if exists (select 1 from pg_roles where rolname = 'service_role') then
    execute 'grant usage on schema "${schema}" to service_role';
    execute 'grant all on all tables in schema "${schema}" to service_role';
    execute 'grant all on all sequences in schema "${schema}" to service_role';
    execute 'grant execute on all functions in schema "${schema}" to service_role';
  end if;
end $$;
