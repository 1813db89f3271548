-- One-time purchases, by accounts and by anonymous sessions.

-- A purchase is its payment and that payment's refunds, which are mirrored. Nothing that follows from them is
-- stored a second time, so whatever order they came in, a purchase is what they say.

-- The id is the account under which a visitor buys before signing in. Once an account has claimed the session, all its
-- purchases belong to that account, also those that become known later: readers look the claim up, and no row moves.
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
-- What a visitor used before signing in counts against the limits of the account that claims the session; it is
-- moved by the time of the claim.
create index anonymous_sessions_claimed_at_idx on anonymous_sessions (claimed_at) where claimed_at is not null;

-- Purchases without a payment. Without a unit an account has each item once; for units it may have it again.
create table free_purchases (
  id         text collate "C" primary key,
  account_id text collate "C" not null,
  item       text collate "C" not null,
  sale       jsonb not null,
  created_at timestamptz not null,
  unit       text collate "C"
);
create unique index free_purchases_once_idx on free_purchases (account_id, item) where unit is null;
create unique index free_purchases_unit_idx on free_purchases (account_id, unit) where unit is not null;
create index free_purchases_account_idx on free_purchases (account_id, created_at desc);

-- All purchases, paid and free, under the account that bought them.
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

-- Purchases for readers of SQL: owner, terms, payment and refunds.
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

-- What an account owns and is not sold again: purchases that were paid or free, unless they were refunded whole or lost
-- by a dispute.
create view owned_items with (security_invoker = true) as
select v.*, coalesce(s.claimed_by, v.account_id) as owner
from sold_items v
left join anonymous_sessions s on s.id = v.account_id
where v.payment is null or (
  v.payment ->> 'status' = 'succeeded'
  and not exists (
    select 1 from provider_objects d
    where d.subject_id = v.payment_intent_id and d.kind = 'dispute' and not d.gone
      and d.state ->> 'payment_intent_id' = v.payment_intent_id and d.state ->> 'status' = 'lost')
  and (
    select coalesce(sum((r.state ->> 'amount')::bigint), 0) from provider_objects r
    where r.subject_id = v.payment_intent_id and r.kind = 'refund' and not r.gone
      and r.state ->> 'payment_intent_id' = v.payment_intent_id
      and r.state ->> 'status' not in ('failed', 'canceled')
  ) < greatest((v.payment ->> 'amount_received')::bigint, 1));

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

-- {hash, account_id, now} -> the session as it is then, claimed by this account or before, or null
create function claim_anonymous_session_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_session text;
begin
  update anonymous_sessions s
  set claimed_by = p ->> 'account_id', claimed_at = (p ->> 'now')::timestamptz
  where s.hash = p ->> 'hash' and s.claimed_by is null
  returning s.id into v_session;
  if found then
    perform move_usage_v1(jsonb_build_object('session', v_session, 'account_id', p ->> 'account_id'));
  end if;
  return (select to_jsonb(s) - 'hash' from anonymous_sessions s where s.hash = p ->> 'hash');
end $$;

-- {account_id, item, after, limit} -> [{purchase, account_id, payment, refunds}], newest first, then by id; of one item
-- if it names one
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
        and (p ->> 'item' is null or v.sale ->> 'item' = p ->> 'item')
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

-- {account_id, item} -> the first purchase by which it is owned, as one of list_purchases_v1, or null
create function owned_purchase_v1(p jsonb) returns jsonb
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
    from owned_items v
    where v.account_id = any (v_accounts) and v.sale ->> 'item' = p ->> 'item'
    order by v.created_at, v.id
    limit 1);
end $$;

-- {repeatable: [item], after, limit} -> purchases of what the buyer owned already, as one of list_purchases_v1 with
-- {owner, kept: the first one's id}, newest first. The owner of a claimed session's purchases is its claimer.
create function duplicate_purchases_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_repeatable constant text[] := array(select jsonb_array_elements_text(p -> 'repeatable'));
begin
  return coalesce((
    with owned as (
      select v.*,
        first_value(v.id) over w as kept,
        row_number() over w as place
      from owned_items v
      where v.sale ->> 'item' <> all (v_repeatable)
      window w as (partition by v.owner, v.sale ->> 'item' order by v.created_at, v.id)
    ), extra as (
      select o.* from owned o where o.place > 1
    )
    select jsonb_agg(to_jsonb(z) || jsonb_build_object('refunds', (
      select coalesce(jsonb_agg(o.state order by o.id), '[]') from provider_objects o
      where o.subject_id = z.payment_intent_id and o.kind = 'refund' and not o.gone)))
    from (
      select e.* from extra e
      left join extra a on a.id = p ->> 'after'
      where p ->> 'after' is null
        or e.created_at < a.created_at or (e.created_at = a.created_at and e.id > a.id)
      order by e.created_at desc, e.id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- A free purchase -> it, or the one that the account has of the item; one for a unit is always added.
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
    select 1 from free_purchases f
    where f.account_id = any (v_accounts) and f.item = p ->> 'item' and f.unit is null)
  on conflict do nothing;
  return (
    select to_jsonb(f) from free_purchases f
    where f.account_id = any (v_accounts) and f.item = p ->> 'item' and f.unit is null
    order by f.created_at, f.id
    limit 1);
end $$;

-- {purchase: as add_free_purchase_v1, debit: as one of consume_v1} -> as consume_v1, with {purchase}
create function give_item_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_debit constant jsonb := p -> 'debit';
  v_purchase constant jsonb := p -> 'purchase';
  v_drawn jsonb;
  v_unit text;
begin
  v_drawn := consume_v1(jsonb_build_object('waves', jsonb_build_array(jsonb_build_array(v_debit || '{"n": 0}')))) -> 0;
  if v_drawn ->> 'outcome' not in ('granted', 'known') then
    return v_drawn;
  end if;
  v_unit := coalesce(v_drawn #>> '{consumption,id}', v_debit ->> 'id');
  insert into free_purchases (id, account_id, item, sale, created_at, unit)
  values (v_purchase ->> 'id', v_purchase ->> 'account_id', v_purchase ->> 'item', v_purchase -> 'sale',
    (v_purchase ->> 'created_at')::timestamptz, v_unit)
  on conflict (account_id, unit) where unit is not null do nothing;
  update consumptions c set kept_at = c.at
  where c.user_id = v_debit ->> 'account_id' and c.id = v_unit and c.kept_at is null;
  return v_drawn || jsonb_build_object('purchase', (
    select to_jsonb(f) from free_purchases f
    where f.account_id = v_debit ->> 'account_id' and f.unit = v_unit));
end $$;

-- As give_item_v1, unless the account owns the item: then {outcome: denied, owned}, and nothing is drawn. A
-- concurrent request waits for the lock of the account's usage, and finds the item owned.
create function give_item_once_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p #>> '{debit,account_id}';
  v_owned jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || v_account, 0));
  if given_item_v1(jsonb_build_object('account_id', v_account, 'key', p #>> '{debit,key}')) is null then
    v_owned := owned_purchase_v1(
      jsonb_build_object('account_id', v_account, 'item', p #>> '{purchase,item}'));
    if v_owned is not null then
      return jsonb_build_object('outcome', 'denied', 'owned', v_owned);
    end if;
  end if;
  return give_item_v1(p);
end $$;

-- {account_id, key} -> what was given under the key of a consumption, or null
create function given_item_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(f)
    from consumptions c
    join free_purchases f on f.account_id = c.user_id and f.unit = c.id
    where c.user_id = p ->> 'account_id' and c.idempotency_key = p ->> 'key');
end $$;
