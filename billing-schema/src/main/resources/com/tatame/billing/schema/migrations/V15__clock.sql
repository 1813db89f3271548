-- The database's clock, by which the nodes count leases, retries and due times.

-- {} -> {now}: the present time, not that of the transaction's begin.
create function store_time_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  select jsonb_build_object('now', clock_timestamp());
$$;

select secure_schema_v1('{}');
