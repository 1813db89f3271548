-- Subscriptions that are one too many, and what was done about them.

create table duplicate_subscriptions (
  seq                    bigint generated always as identity,
  stripe_subscription_id text collate "C" not null,
  kept_subscription_id   text collate "C" not null,
  user_id                text collate "C" not null,
  stripe_customer_id     text collate "C" not null,
  family                 text collate "C" not null,
  status                 text not null,
  found_at               timestamptz not null,
  look_at                timestamptz,
  paid                   bigint,
  refunded               bigint,
  currency               text,
  handled_at             timestamptz,
  handled_by             text,
  constraint duplicate_subscriptions_pkey primary key (stripe_subscription_id),
  constraint duplicate_subscriptions_seq_key unique (seq),
  constraint duplicate_subscriptions_status_check check (
    status in ('alerted', 'handling', 'canceled', 'over')),
  constraint duplicate_subscriptions_money_check check (
    (paid is null) = (refunded is null) and (paid is null) = (currency is null))
) with (fillfactor = 70);
create index duplicate_subscriptions_open_idx on duplicate_subscriptions (seq)
  where status in ('alerted', 'handling');
create index duplicate_subscriptions_due_idx on duplicate_subscriptions (look_at, stripe_subscription_id)
  where look_at is not null;

-- Accounts that may have one, by when that came about.
create index account_entitlements_several_idx on account_entitlements (updated_at, account_id)
  where jsonb_array_length(sources) > 1;

-- {at, account_id, limit} -> {accounts: [id], at, account_id}: those behind, and where the next search begins.
-- A row has the time at which its transaction began, and may be seen long after: so far the search goes back.
create function several_subscriptions_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := coalesce((p ->> 'at')::timestamptz, '-infinity');
  v_limit constant integer := (p ->> 'limit')::integer;
  v_accounts text[];
  v_last timestamptz;
begin
  select array_agg(z.account_id order by z.updated_at, z.account_id), max(z.updated_at)
  into v_accounts, v_last
  from (
    select t.account_id, t.updated_at from account_entitlements t
    where jsonb_array_length(t.sources) > 1
      and (t.updated_at, t.account_id) > (v_at, coalesce(p ->> 'account_id', ''))
    order by t.updated_at, t.account_id
    limit v_limit) z;
  if cardinality(v_accounts) = v_limit then
    return jsonb_build_object(
      'accounts', to_jsonb(v_accounts), 'at', v_last, 'account_id', v_accounts[v_limit]);
  end if;
  return jsonb_build_object(
    'accounts', to_jsonb(coalesce(v_accounts, '{}')), 'at', now() - interval '10 minutes', 'account_id', '');
end $$;

-- {subscription_id, kept_id, account_id, customer_id, family, status, found_at, look_at, handled_by}: one that
-- is listed stays unless it was over -> as it stands now
create function report_duplicate_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  insert into duplicate_subscriptions as t (
    stripe_subscription_id, kept_subscription_id, user_id, stripe_customer_id, family, status, found_at, look_at,
    handled_by)
  values (
    p ->> 'subscription_id', p ->> 'kept_id', p ->> 'account_id', p ->> 'customer_id', p ->> 'family',
    p ->> 'status', (p ->> 'found_at')::timestamptz, (p ->> 'look_at')::timestamptz, p ->> 'handled_by')
  on conflict (stripe_subscription_id) do update set
    kept_subscription_id = excluded.kept_subscription_id, user_id = excluded.user_id,
    stripe_customer_id = excluded.stripe_customer_id, family = excluded.family, status = excluded.status,
    found_at = excluded.found_at, look_at = excluded.look_at, paid = null, refunded = null, currency = null,
    handled_at = null, handled_by = excluded.handled_by
  where t.status = 'over';
  return (
    select to_jsonb(t) from duplicate_subscriptions t
    where t.stripe_subscription_id = p ->> 'subscription_id');
end $$;

-- {from, and the row as for report_duplicate_v1, with paid, refunded, currency, handled_at} -> whether it had
-- the status it was to have
create function replace_duplicate_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update duplicate_subscriptions t
  set kept_subscription_id = p ->> 'kept_id', status = p ->> 'status',
    look_at = (p ->> 'look_at')::timestamptz, paid = (p ->> 'paid')::bigint,
    refunded = (p ->> 'refunded')::bigint, currency = p ->> 'currency',
    handled_at = (p ->> 'handled_at')::timestamptz, handled_by = p ->> 'handled_by'
  where t.stripe_subscription_id = p ->> 'subscription_id' and t.status = p ->> 'from';
  return to_jsonb(found);
end $$;

-- {now, limit} -> what is to be looked at, the longest due first
create function due_duplicates_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.look_at, z.stripe_subscription_id)
    from (
      select t.* from duplicate_subscriptions t
      where t.look_at <= (p ->> 'now')::timestamptz
      order by t.look_at, t.stripe_subscription_id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {open, before, limit} -> the last found first
create function list_duplicates_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before constant bigint := case when p ->> 'before' is null then 9223372036854775807 else (
    select t.seq from duplicate_subscriptions t where t.stripe_subscription_id = p ->> 'before') end;
  v_limit constant integer := (p ->> 'limit')::integer;
begin
  if (p ->> 'open')::boolean then
    return coalesce((
      select jsonb_agg(to_jsonb(z) order by z.seq desc)
      from (
        select t.* from duplicate_subscriptions t
        where t.status in ('alerted', 'handling') and t.seq < v_before
        order by t.seq desc limit v_limit) z), '[]');
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.seq desc)
    from (
      select t.* from duplicate_subscriptions t where t.seq < v_before
      order by t.seq desc limit v_limit) z), '[]');
end $$;

-- {subscription_id} -> the row, or null
create function find_duplicate_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(t) from duplicate_subscriptions t
    where t.stripe_subscription_id = p ->> 'subscription_id');
end $$;

-- {} -> how many are still to be dealt with
create function open_duplicates_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(count(*)) from duplicate_subscriptions t where t.status in ('alerted', 'handling'));
end $$;

select secure_schema_v1('{}');
