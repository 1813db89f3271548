-- What was bought once, by accounts and by those who have not signed in.
--
-- A purchase is its payment and that payment's refunds, which are mirrored. Nothing that follows from them is
-- stored a second time, so whatever order they came in, a purchase is what they say.

-- Its id is the account under which such a visitor buys. What it bought is the claimer's from the moment it is
-- claimed, and also what becomes known of it later: whoever reads looks the claim up, and no row moves.
create table anonymous_sessions (
  id         text collate "C" primary key,
  hash       text collate "C" not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  claimed_by text collate "C",
  claimed_at timestamptz,
  constraint anonymous_sessions_hash_key unique (hash),
  constraint anonymous_sessions_claim_check check ((claimed_by is null) = (claimed_at is null))
) with (fillfactor = 80);
create index anonymous_sessions_claimed_idx on anonymous_sessions (claimed_by) where claimed_by is not null;

-- No payment is behind it.
create table free_purchases (
  id         text collate "C" primary key,
  account_id text collate "C" not null,
  item       text collate "C" not null,
  sale       jsonb not null,
  created_at timestamptz not null,
  constraint free_purchases_account_id_item_key unique (account_id, item)
);

create index provider_objects_buyer_idx on provider_objects (
  ((state ->> 'account') collate "C"), created_at desc)
  where kind = 'payment_intent' and not gone and state -> 'sale' is not null;
create index provider_objects_purchase_idx on provider_objects (
  ((state #>> '{sale,purchase_id}') collate "C"))
  where kind = 'payment_intent' and not gone and state -> 'sale' is not null;

create view sold_items with (security_invoker = true) as
select
  (o.state #>> '{sale,purchase_id}') collate "C" as id,
  (o.state ->> 'account') collate "C" as account_id,
  o.state -> 'sale' as sale,
  o.created_at,
  o.id as payment_intent_id,
  o.state as payment
from provider_objects o
where o.kind = 'payment_intent' and not o.gone and o.state -> 'sale' is not null
  and o.state ->> 'account' is not null
union all
select f.id, f.account_id, f.sale, f.created_at, null, null
from free_purchases f;

-- For those who read SQL: who owns it, what was agreed, what was paid and what went back.
create view purchases with (security_invoker = true) as
select
  z.*,
  case
    when z.refunded = 0 then 'none'
    when z.status = 'refunded' then 'full'
    else 'partial'
  end as refund_state
from (
  select
    v.id,
    case when s.id is null then v.account_id else s.claimed_by end as user_id,
    s.id as anonymous_session_id,
    v.sale ->> 'item' as item,
    v.sale ->> 'kind' as kind,
    (v.sale #>> '{list_price,amount}')::bigint as list_price,
    (v.sale #>> '{discount,percent}')::integer as discount_percent,
    v.sale #>> '{discount,reason}' as discount_reason,
    coalesce((v.payment ->> 'amount')::bigint, 0) as amount,
    v.sale #>> '{list_price,currency}' as currency,
    case
      when v.payment is null then 'paid'
      when v.payment ->> 'status' = 'canceled' then 'canceled'
      when v.payment ->> 'status' <> 'succeeded' then 'pending'
      when r.refunded > 0 and r.refunded >= (v.payment ->> 'amount_received')::bigint then 'refunded'
      else 'paid'
    end as status,
    v.payment_intent_id as stripe_payment_intent_id,
    r.refunded,
    v.created_at
  from sold_items v
  left join anonymous_sessions s on s.id = v.account_id
  cross join lateral (
    select coalesce(sum((o.state ->> 'amount')::bigint), 0)::bigint as refunded
    from provider_objects o
    where o.subject_id = v.payment_intent_id and o.kind = 'refund' and not o.gone
      and o.state ->> 'payment_intent_id' = v.payment_intent_id
      and o.state ->> 'status' not in ('failed', 'canceled')) r) z;

-- {account_id, after, limit} -> newest first, then by id: payments with their refunds, and what was free
create function list_purchases_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_accounts constant text[] := array(
    select p ->> 'account_id'
    union all
    select s.id from anonymous_sessions s where s.claimed_by = p ->> 'account_id');
  v_created_at timestamptz := 'infinity';
  v_id text := '';
begin
  if p ->> 'after' is not null then
    select v.created_at, v.id into v_created_at, v_id from sold_items v
    where v.id = p ->> 'after' and v.account_id = any (v_accounts);
    if not found then
      return '[]';
    end if;
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z) || jsonb_build_object('refunds', (
      select coalesce(jsonb_agg(o.state order by o.id), '[]') from provider_objects o
      where o.subject_id = z.payment_intent_id and o.kind = 'refund' and not o.gone)))
    from (
      select v.* from sold_items v
      where v.account_id = any (v_accounts) and v.created_at <= v_created_at
        and (v.created_at < v_created_at or v.id > v_id)
      order by v.created_at desc, v.id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {account_id, id} -> as one of list_purchases_v1, or null
create function find_purchase_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_accounts constant text[] := array(
    select p ->> 'account_id'
    union all
    select s.id from anonymous_sessions s where s.claimed_by = p ->> 'account_id');
begin
  return (
    select to_jsonb(v) || jsonb_build_object('refunds', (
      select coalesce(jsonb_agg(o.state order by o.id), '[]') from provider_objects o
      where o.subject_id = v.payment_intent_id and o.kind = 'refund' and not o.gone))
    from sold_items v
    where v.id = p ->> 'id' and v.account_id = any (v_accounts)
    order by v.created_at
    limit 1);
end $$;

-- {id, account_id, item, sale, created_at} -> it, or what the account has of this item for free already
create function add_free_purchase_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_accounts constant text[] := array(
    select p ->> 'account_id'
    union all
    select s.id from anonymous_sessions s where s.claimed_by = p ->> 'account_id');
begin
  insert into free_purchases (id, account_id, item, sale, created_at)
  select p ->> 'id', p ->> 'account_id', p ->> 'item', p -> 'sale', (p ->> 'created_at')::timestamptz
  where not exists (
    select 1 from free_purchases f where f.account_id = any (v_accounts) and f.item = p ->> 'item')
  on conflict do nothing;
  return (
    select to_jsonb(f) from free_purchases f
    where f.account_id = any (v_accounts) and f.item = p ->> 'item'
    order by f.created_at, f.id
    limit 1);
end $$;

-- {account_id, id}, where what an anonymous session opened is the claimer's
create function find_checkout_v2(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from checkout_sessions c
    where c.id = p ->> 'id' and not c.gone
      and (c.account_id = p ->> 'account_id' or exists (
        select 1 from anonymous_sessions s
        where s.id = c.account_id and s.claimed_by = p ->> 'account_id')));
end $$;

-- session with its hash -> null
create function add_anonymous_session_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into anonymous_sessions (id, hash, created_at, expires_at)
  select x.id, x.hash, x.created_at, x.expires_at
  from jsonb_to_record(p) as x(id text, hash text, created_at timestamptz, expires_at timestamptz);
  select 'null'::jsonb
$$;

-- {hash} -> the session or null
create function anonymous_session_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select to_jsonb(s) - 'hash' from anonymous_sessions s where s.hash = p ->> 'hash');
end $$;

-- {hash, account_id, now} -> the session as it is then, whoever claimed it first, or null
create function claim_anonymous_session_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update anonymous_sessions s
  set claimed_by = p ->> 'account_id', claimed_at = (p ->> 'now')::timestamptz
  where s.hash = p ->> 'hash' and s.claimed_by is null;
  return (select to_jsonb(s) - 'hash' from anonymous_sessions s where s.hash = p ->> 'hash');
end $$;

select secure_schema_v1('{}');
