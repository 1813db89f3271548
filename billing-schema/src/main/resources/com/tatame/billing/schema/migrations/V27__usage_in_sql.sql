-- Counting for those who write SQL: by the same rows, the same windows and the same step as everybody else.

-- What the catalog of the program that started last gives; nobody but programs writes here.
create table catalog_tiers (
  tier       text collate "C" primary key,
  name       text not null,
  is_default boolean not null
);

create table catalog_features (
  tier        text collate "C" not null,
  feature     text collate "C" not null,
  kind        text not null,
  included    boolean not null,
  usage_limit bigint,
  window_kind text not null,
  zone        text not null,
  constraint catalog_features_pkey primary key (tier, feature),
  constraint catalog_features_kind_check check (kind in ('flag', 'counter', 'gauge', 'unlimited'))
);

-- {tiers: [{tier, name, is_default}], features: [{tier, feature, kind, included, usage_limit, window_kind, zone}]}
create function publish_catalog_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(27);
  delete from catalog_features f where not exists (
    select from jsonb_to_recordset(p -> 'features') as x(tier text, feature text)
    where x.tier = f.tier and x.feature = f.feature);
  delete from catalog_tiers t where not exists (
    select from jsonb_to_recordset(p -> 'tiers') as x(tier text) where x.tier = t.tier);
  insert into catalog_tiers as t (tier, name, is_default)
  select x.tier, x.name, x.is_default
  from jsonb_to_recordset(p -> 'tiers') as x(tier text, name text, is_default boolean)
  on conflict (tier) do update set name = excluded.name, is_default = excluded.is_default
  where (t.name, t.is_default) is distinct from (excluded.name, excluded.is_default);
  insert into catalog_features as t (tier, feature, kind, included, usage_limit, window_kind, zone)
  select x.tier, x.feature, x.kind, x.included, x.usage_limit, x.window_kind, x.zone
  from jsonb_to_recordset(p -> 'features') as x(
    tier text, feature text, kind text, included boolean, usage_limit bigint, window_kind text, zone text)
  on conflict (tier, feature) do update set
    kind = excluded.kind, included = excluded.included, usage_limit = excluded.usage_limit,
    window_kind = excluded.window_kind, zone = excluded.zone
  where (t.kind, t.included, t.usage_limit, t.window_kind, t.zone) is distinct from
    (excluded.kind, excluded.included, excluded.usage_limit, excluded.window_kind, excluded.zone);
  return null;
end $$;

-- {kind, zone, cycle: {anchor, months, current: {start, end}}, at} -> {period_start, period_end}
create function window_at_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_kind constant text := p ->> 'kind';
  v_zone text := coalesce(p ->> 'zone', 'UTC');
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
  v_cycle constant jsonb := nullif(p -> 'cycle', 'null');
  v_anchor timestamp;
  v_now timestamp;
  v_size integer;
  v_steps integer;
  v_from timestamp;
  v_to timestamp;
  v_start timestamptz;
  v_end timestamptz;
begin
  if v_kind = 'lifetime' then
    return '{"period_start": "1970-01-01T00:00:00Z", "period_end": "9999-12-31T00:00:00Z"}';
  end if;
  if v_kind in ('subscription_month', 'billing_period') and v_cycle is not null then
    v_start := (v_cycle #>> '{current,start}')::timestamptz;
    v_end := (v_cycle #>> '{current,end}')::timestamptz;
    if v_kind = 'subscription_month' or v_at < v_start or v_at >= v_end then
      v_size := case v_kind when 'billing_period' then (v_cycle ->> 'months')::integer else 1 end;
      v_anchor := (v_cycle ->> 'anchor')::timestamptz at time zone 'UTC';
      v_now := v_at at time zone 'UTC';
      v_steps := floor((
        (extract(year from v_now) - extract(year from v_anchor)) * 12
        + extract(month from v_now) - extract(month from v_anchor)) / v_size);
      while v_anchor + make_interval(months => v_steps * v_size) > v_now loop
        v_steps := v_steps - 1;
      end loop;
      while v_anchor + make_interval(months => (v_steps + 1) * v_size) <= v_now loop
        v_steps := v_steps + 1;
      end loop;
      v_start := (v_anchor + make_interval(months => v_steps * v_size)) at time zone 'UTC';
      v_end := (v_anchor + make_interval(months => (v_steps + 1) * v_size)) at time zone 'UTC';
    end if;
  else
    v_now := v_at at time zone v_zone;
    v_from := date_trunc(case v_kind when 'day' then 'day' else 'month' end, v_now);
    v_to := v_from + case v_kind when 'day' then interval '1 day' else interval '1 month' end;
    v_start := v_from at time zone v_zone;
    v_end := v_to at time zone v_zone;
    -- Of two midnights of a day the first counts.
    if (v_start - interval '1 hour') at time zone v_zone = v_from then
      v_start := v_start - interval '1 hour';
    end if;
    if (v_end - interval '1 hour') at time zone v_zone = v_to then
      v_end := v_end - interval '1 hour';
    end if;
  end if;
  return jsonb_build_object('period_start', v_start, 'period_end', v_end);
end $$;

-- {account_id, feature, at} -> {tier, version, kind, limit, period_start, period_end}, or null if no plan has it
create function account_terms_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
  v_sources jsonb;
  v_source jsonb;
  v_tier text;
  v_feature catalog_features;
  v_limit bigint;
begin
  select e.sources into v_sources from account_entitlements e where e.account_id = p ->> 'account_id';
  select s.value into v_source
  from jsonb_array_elements(coalesce(v_sources, '[]')) with ordinality s(value, position)
  where s.value ->> 'grace_until' is null or (s.value ->> 'grace_until')::timestamptz > v_at
  order by s.position
  limit 1;
  select t.tier into v_tier from catalog_tiers t where t.tier = v_source ->> 'tier' or t.is_default
  order by t.is_default and t.tier is distinct from v_source ->> 'tier'
  limit 1;
  select f.* into v_feature from catalog_features f where f.tier = v_tier and f.feature = p ->> 'feature';
  v_limit := v_feature.usage_limit;
  if not found then
    select f.* into v_feature from catalog_features f where f.feature = p ->> 'feature' order by f.tier limit 1;
    if not found then
      return null;
    end if;
    v_limit := 0;
  end if;
  return jsonb_build_object(
    'tier', v_tier,
    'version', coalesce(md5(v_sources::text), ''),
    'kind', v_feature.kind,
    'limit', v_limit
  ) || window_at_v1(jsonb_build_object(
    'kind', v_feature.window_kind, 'zone', v_feature.zone, 'cycle', v_source -> 'cycle', 'at', v_at));
end $$;

-- Records what was used now, by the database's clock, and never refuses.
-- -> {used, limit, remaining, period_start, period_end}
create function track_usage(user_id text, usage_type text, amount bigint, metadata jsonb default '{}')
returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_id constant text := 'use_' || replace(gen_random_uuid()::text, '-', '');
  v_terms jsonb;
  v_used jsonb;
begin
  if track_usage.amount is null or track_usage.amount < 1 then
    raise exception 'amount must be at least 1' using errcode = '22023';
  end if;
  -- The terms are read under the lock that consuming takes, too: they can't be stale.
  perform pg_advisory_xact_lock(hashtextextended(track_usage.user_id, 26));
  v_terms := account_terms_v1(jsonb_build_object(
    'account_id', track_usage.user_id, 'feature', track_usage.usage_type, 'at', now()));
  if v_terms is null or v_terms ->> 'kind' = 'flag' then
    raise exception 'no plan of the catalog counts %', track_usage.usage_type using errcode = '22023',
      hint = 'The server publishes its catalog when it starts.';
  end if;
  v_used := consume_v1(jsonb_build_array(v_terms || jsonb_build_object(
    'n', 0, 'wave', 1, 'id', v_id, 'account_id', track_usage.user_id, 'feature', track_usage.usage_type,
    'key', v_id, 'fingerprint', 'report', 'amount', track_usage.amount, 'at', now(), 'recorded', true,
    'metadata', nullif(track_usage.metadata, '{}'),
    'offers', jsonb_build_array(jsonb_build_object('place', 'included', 'limit', v_terms -> 'limit'))))) -> 0;
  if v_used ->> 'outcome' <> 'granted' then
    raise exception 'the entitlement changed meanwhile; try again' using errcode = '55P03';
  end if;
  return jsonb_build_object(
    'used', v_used #> '{consumption,used}', 'limit', v_terms -> 'limit',
    'remaining', greatest(0, (v_terms ->> 'limit')::bigint - (v_used #>> '{consumption,used}')::bigint),
    'period_start', v_terms -> 'period_start', 'period_end', v_terms -> 'period_end');
end $$;

-- What was used in the windows of now, beside what the plan gives.
create view current_usage with (security_invoker = true) as
select
  u.user_id,
  u.usage_type,
  t.terms ->> 'tier' as tier,
  u.amount,
  (t.terms ->> 'limit')::bigint as quota,
  greatest(0, (t.terms ->> 'limit')::bigint - (u.amount - u.overage - u.full_price)) as remaining,
  u.period_start,
  u.period_end
from usage_tracking u
cross join lateral (
  select account_terms_v1(jsonb_build_object(
    'account_id', u.user_id, 'feature', u.usage_type, 'at', now())) as terms) t
where u.period_end > now() and u.period_start <= now();

-- The subscription that decides now with what was used; {tier} alone for an account without one.
create function get_user_subscription(user_id text) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_source jsonb;
  v_tier text;
begin
  select s.value into v_source
  from account_entitlements e, jsonb_array_elements(e.sources) with ordinality s(value, position)
  where e.account_id = get_user_subscription.user_id
    and (s.value ->> 'grace_until' is null or (s.value ->> 'grace_until')::timestamptz > now())
  order by s.position
  limit 1;
  select t.tier into v_tier from catalog_tiers t where t.tier = v_source ->> 'tier' or t.is_default
  order by t.is_default and t.tier is distinct from v_source ->> 'tier'
  limit 1;
  return jsonb_build_object(
    'user_id', get_user_subscription.user_id,
    'tier', v_tier,
    'subscription', (
      select to_jsonb(s) - 'items' - 'as_of' - 'source' - 'gone' from subscriptions s
      where s.stripe_subscription_id = v_source ->> 'subscription_id' and not s.gone),
    'usage', (
      select coalesce(jsonb_agg(to_jsonb(c) order by c.usage_type, c.period_start), '[]') from current_usage c
      where c.user_id = get_user_subscription.user_id));
end $$;

select secure_schema_v1('{}');
