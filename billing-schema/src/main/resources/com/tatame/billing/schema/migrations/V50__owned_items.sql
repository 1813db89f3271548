-- What an account owns is not sold to it again: a purchase that was paid or cost nothing, unless all of it was
-- given back or a dispute took it back.

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

-- {account_id, item} -> the first purchase by which it is owned, as one of list_purchases_v2, or null
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

-- {account_id, item, after, limit}: as list_purchases_v1, of one item if it names one
create function list_purchases_v2(p jsonb) returns jsonb
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

-- As give_item_v3, unless the account owns the item: then {outcome: denied, owned}, and nothing is drawn. Whoever
-- asks at the same time waits for the account's lock, and finds it owned.
create function give_item_once_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p #>> '{draw,account_id}';
  v_owned jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended(v_account, 26));
  if given_item_v1(jsonb_build_object('account_id', v_account, 'key', p #>> '{draw,key}')) is null then
    v_owned := owned_purchase_v1(
      jsonb_build_object('account_id', v_account, 'item', p #>> '{purchase,item}'));
    if v_owned is not null then
      return jsonb_build_object('outcome', 'denied', 'owned', v_owned);
    end if;
  end if;
  return give_item_v3(p);
end $$;

-- {repeatable: [item], after, limit} -> purchases of what its buyer owned before, as one of list_purchases_v2 with
-- {owner, kept: the first one's id}, the last first. What a visitor bought is the claimer's.
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

-- The inbox's own functions read this view, and are to have payloads as they came. Routes mask them.
create or replace view stripe_webhook_events with (security_invoker = true) as
select
  e.seq,
  e.stripe_event_id,
  e.event_type,
  case
    when q.seq is null then l.status
    when q.claim is not null then 'processing'
    else q.status
  end as status,
  case when q.seq is null then l.at end as processed_at,
  coalesce(q.retry_count, l.retry_count, 0) as retry_count,
  case when q.seq is null then l.error else q.error end as error,
  case when q.claim is null then nullif(q.next_attempt_at, 'infinity') end as next_attempt_at,
  e.livemode,
  e.api_version,
  e.provider_account,
  e.lane,
  e.created_at,
  e.received_at,
  e.raw_data
from webhook_events e
left join webhook_queue q on q.seq = e.seq
left join webhook_log l on l.seq = e.seq;

select secure_schema_v1('{}');
