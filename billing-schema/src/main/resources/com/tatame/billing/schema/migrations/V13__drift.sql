-- Where what is stored was found to differ from what the provider holds.

create table customer_proofs (
  stripe_customer_id text collate "C" primary key,
  proven_at          timestamptz not null
) with (fillfactor = 70);

create table drift (
  seq                bigint generated always as identity primary key,
  id                 text collate "C" not null,
  stripe_customer_id text collate "C" not null,
  kind               text collate "C" not null,
  object_id          text collate "C" not null,
  before             jsonb not null,
  after              jsonb not null,
  cause              text not null,
  found_at           timestamptz not null,
  repaired_at        timestamptz,
  repaired_by        text,
  constraint drift_id_key unique (id),
  constraint drift_cause_check check (cause in (
    'dead_letter', 'not_read', 'row_altered', 'event_missed', 'derived')),
  constraint drift_repair_check check ((repaired_at is null) = (repaired_by is null))
) with (fillfactor = 80);
create unique index drift_open_key on drift (kind, object_id) where repaired_at is null;
create index drift_open_customer_idx on drift (stripe_customer_id) where repaired_at is null;
create index drift_open_seq_idx on drift (seq) where repaired_at is null;

-- {after, limit} -> [id] of customers that are not gone, by id
create function customers_after_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(z.id), '[]')
    from (
      select c.id from customers c where c.id > coalesce(p ->> 'after', '') and not c.gone
      order by c.id limit (p ->> 'limit')::integer) z);
end $$;

-- {customer, at}
create function prove_customer_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into customer_proofs (stripe_customer_id, proven_at)
  values (p ->> 'customer', (p ->> 'at')::timestamptz)
  on conflict (stripe_customer_id) do update set proven_at = excluded.proven_at;
  select 'null'::jsonb
$$;

-- {customer} -> {proven_at} or null
create function customer_proof_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from customer_proofs c where c.stripe_customer_id = p ->> 'customer');
end $$;

-- {id, customer, kind, object_id, before, after, cause, found_at}: one row of an object is open at a time
create function report_drift_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into drift (id, stripe_customer_id, kind, object_id, before, after, cause, found_at)
  values (p ->> 'id', p ->> 'customer', p ->> 'kind', p ->> 'object_id', p -> 'before', p -> 'after',
    p ->> 'cause', (p ->> 'found_at')::timestamptz)
  on conflict (kind, object_id) where repaired_at is null do update set
    before = excluded.before, after = excluded.after, cause = excluded.cause;
  select 'null'::jsonb
$$;

-- {customer, by, at}
create function repaired_drift_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  update drift d set repaired_at = (p ->> 'at')::timestamptz, repaired_by = p ->> 'by'
  where d.stripe_customer_id = p ->> 'customer' and d.repaired_at is null;
  select 'null'::jsonb
$$;

-- {open, before, limit} -> newest first
create function list_drift_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before constant bigint := case
    when p ->> 'before' is null then 9223372036854775807
    else (select d.seq from drift d where d.id = p ->> 'before') end;
  v_limit constant integer := (p ->> 'limit')::integer;
begin
  if (p ->> 'open')::boolean then
    return coalesce((
      select jsonb_agg(to_jsonb(z) order by z.seq desc)
      from (
        select d.* from drift d where d.repaired_at is null and d.seq < v_before
        order by d.seq desc limit v_limit) z), '[]');
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.seq desc)
    from (select d.* from drift d where d.seq < v_before order by d.seq desc limit v_limit) z), '[]');
end $$;

-- {id} -> the difference, or null
create function find_drift_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(d) from drift d where d.id = p ->> 'id');
end $$;

select secure_schema_v1('{}');
