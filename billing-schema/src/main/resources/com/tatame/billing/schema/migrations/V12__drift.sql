-- Where what is stored differs from what the provider holds.

-- When each customer was last compared.
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
    'dead_letter', 'not_read', 'row_altered', 'event_missed', 'contradiction', 'unreadable', 'link_conflict',
    'derived')),
  constraint drift_repair_check check ((repaired_at is null) = (repaired_by is null))
) with (fillfactor = 80);
create unique index drift_open_key on drift (kind, object_id) where repaired_at is null;
create index drift_open_customer_idx on drift (stripe_customer_id) where repaired_at is null;
create index drift_open_seq_idx on drift (seq) where repaired_at is null;

-- One row for each mirrored object, gone ones included. with_customer: the comparison of its customer compares it,
-- too. copies: columns that repeat others, as they are stored and as they are derived. Links and customers are looked up
-- row by row, since a join may read these tables whole for one page.
create view mirrored_objects with (security_invoker = true) as
select 'checkout_session'::text collate "C" as kind, s.id, coalesce(s.stripe_customer_id, s.id) as subject_id,
  false as with_customer,
  jsonb_build_array(jsonb_build_object('column', 'url', 'stored', s.url, 'derived', null)) as copies
from checkout_sessions s
union all
select 'customer', c.id, c.id, not c.gone,
  case when c.gone then '[]' else coalesce((
    select jsonb_build_array(
      jsonb_build_object('column', 'link.email', 'stored', m.email, 'derived', c.email),
      jsonb_build_object('column', 'link.name', 'stored', m.name, 'derived', c.name))
    from stripe_customer_mapping m where m.stripe_customer_id = c.id), '[]') end
from customers c
union all
select 'invoice', i.stripe_invoice_id, i.stripe_customer_id, false, '[]' from stripe_invoices i
union all
select 'price', r.id, r.id, false, '[]' from prices r
union all
select 'product', r.id, r.id, false, '[]' from products r
union all
select 'subscription', s.stripe_subscription_id, s.stripe_customer_id,
  coalesce((select not c.gone from customers c where c.id = s.stripe_customer_id), false),
  case when s.gone then '[]' else jsonb_build_array(jsonb_build_object(
    'column', 'user_id', 'stored', s.user_id, 'derived', (
      select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = s.stripe_customer_id))) end
from subscriptions s
union all
select o.kind, o.id, o.subject_id, false,
  case when o.gone then '[]' else jsonb_build_array(jsonb_build_object(
    'column', 'created_at', 'stored', o.created_at, 'derived', o.state -> 'created_at')) end
from provider_objects o;

-- {after, limit} -> [id] of customers that are not gone, and of those that an account is linked to and that have no
-- row, by id. Only the part of the links is searched that the page of customers spans.
create function customers_after_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_after constant text := coalesce(p ->> 'after', '');
  v_limit constant integer := (p ->> 'limit')::integer;
  v_ids text[];
  v_last text := '~';
begin
  select array_agg(z.id order by z.id) into v_ids
  from (select c.id from customers c where c.id > v_after and not c.gone order by c.id limit v_limit) z;
  if cardinality(v_ids) = v_limit then
    v_last := v_ids[v_limit];
  end if;
  return (
    select coalesce(jsonb_agg(z.id order by z.id), '[]')
    from (
      select x.id
      from (
        select y.id collate "C" as id from unnest(v_ids) as y(id)
        union all
        select m.stripe_customer_id from stripe_customer_mapping m
        where m.stripe_customer_id > v_after and m.stripe_customer_id <= v_last
          and (select c.id from customers c where c.id = m.stripe_customer_id) is null) x
      order by x.id
      limit v_limit) z);
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

-- {kinds, kind, id, limit} -> [{kind, id, subject_id, with_customer, copies}] of these kinds, behind this object by
-- kind and id. Each kind is asked for by its name, so that only its own table is opened.
create function mirrored_after_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_limit constant integer := (p ->> 'limit')::integer;
  v_page jsonb := '[]';
  v_kind text;
  v_more jsonb;
begin
  for v_kind in
    select k.kind from jsonb_array_elements_text(p -> 'kinds') as k(kind)
    where k.kind collate "C" >= coalesce(p ->> 'kind', '')
    order by k.kind collate "C"
  loop
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(z) order by z.id), ''[]'') from (
         select o.* from mirrored_objects o where o.kind = %L and o.id > %L order by o.id limit %s) z',
      v_kind, case when v_kind = p ->> 'kind' then p ->> 'id' else '' end, v_limit - jsonb_array_length(v_page))
    into v_more;
    v_page := v_page || v_more;
    exit when jsonb_array_length(v_page) >= v_limit;
  end loop;
  return v_page;
end $$;

-- {kind, id} -> as mirrored_after_v1 has it, or null
create function find_mirrored_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_found jsonb;
begin
  execute format('select to_jsonb(o) from mirrored_objects o where o.kind = %L and o.id = %L', p ->> 'kind', p ->> 'id')
  into v_found;
  return v_found;
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

-- {customer} -> its open differences
create function open_drift_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(d) order by d.seq desc), '[]') from drift d
    where d.stripe_customer_id = p ->> 'customer' and d.repaired_at is null);
end $$;

-- {} -> how many differences are open
create function count_open_drift_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select to_jsonb(count(*)) from drift d where d.repaired_at is null);
end $$;

-- {ids, by, at}
create function close_drift_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  update drift d set repaired_at = (p ->> 'at')::timestamptz, repaired_by = p ->> 'by'
  where d.id = any (array(select jsonb_array_elements_text(p -> 'ids'))) and d.repaired_at is null;
  select 'null'::jsonb
$$;
