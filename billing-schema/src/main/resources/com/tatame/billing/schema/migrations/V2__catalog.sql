-- Products and prices, and what the published catalog gives to each tier.

create table products (
  id          text collate "C" primary key,
  name        text,
  description text,
  active      boolean,
  metadata    jsonb,
  created_at  timestamptz,
  as_of       timestamptz not null,
  source      text not null,
  gone        boolean not null default false,
  updated_at  timestamptz not null default now(),
  constraint products_source_check check (source in ('snapshot', 'read')),
  constraint products_whole_check check (gone or (
    name is not null and active is not null and metadata is not null and created_at is not null))
);

create table prices (
  id              text collate "C" primary key,
  product_id      text collate "C",
  active          boolean,
  currency        text,
  unit_amount     bigint,
  recurring_unit  text,
  recurring_count integer,
  metered         boolean,
  lookup_key      text collate "C",
  metadata        jsonb,
  created_at      timestamptz,
  as_of           timestamptz not null,
  source          text not null,
  gone            boolean not null default false,
  updated_at      timestamptz not null default now(),
  constraint prices_source_check check (source in ('snapshot', 'read')),
  constraint prices_recurrence_check check (
    (recurring_unit is null) = (recurring_count is null) and (recurring_unit is null) = (metered is null)),
  constraint prices_whole_check check (gone or (
    product_id is not null and active is not null and currency is not null and metadata is not null
    and created_at is not null))
);
create index prices_product_idx on prices (product_id, id);
create index prices_lookup_key_idx on prices (lookup_key) where active and not gone;

-- The catalog that the server published last, so that SQL decides as the server does. Only servers write it.
create table catalog_tiers (
  tier       text collate "C" primary key,
  name       text not null,
  is_default boolean not null,
  rank       integer not null default 0
);
create index catalog_tiers_default_idx on catalog_tiers (tier) where is_default;

create table catalog_features (
  tier        text collate "C" not null,
  feature     text collate "C" not null,
  kind        text not null,
  included    boolean not null,
  usage_limit bigint,
  window_kind text not null,
  zone        text not null,
  meter       text collate "C",
  constraint catalog_features_pkey primary key (tier, feature),
  constraint catalog_features_kind_check check (kind in ('flag', 'counter', 'gauge', 'unlimited'))
);
create index catalog_features_meter_idx on catalog_features (feature, tier) where meter is not null;

-- {active, after, limit} -> by id
create function list_products_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(z)), '[]')
    from (
      select t.* from products t
      where t.id > coalesce(p ->> 'after', '') and not t.gone
        and (p ->> 'active' is null or t.active = (p ->> 'active')::boolean)
      order by t.id
      limit (p ->> 'limit')::integer) z);
end $$;

-- {active, product_id, after, limit} -> by id
create function list_prices_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_active constant boolean := (p ->> 'active')::boolean;
  v_after constant text := coalesce(p ->> 'after', '');
  v_limit constant integer := (p ->> 'limit')::integer;
begin
  if p ->> 'product_id' is null then
    return coalesce((
      select jsonb_agg(to_jsonb(z))
      from (
        select t.* from prices t
        where t.id > v_after and not t.gone and (v_active is null or t.active = v_active)
        order by t.id limit v_limit) z), '[]');
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z))
    from (
      select t.* from prices t
      where t.product_id = p ->> 'product_id' and t.id > v_after and not t.gone
        and (v_active is null or t.active = v_active)
      order by t.id limit v_limit) z), '[]');
end $$;

-- {product_ids} -> all their prices, by id
create function prices_of_products_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]') from prices t
    where t.product_id = any (array(select jsonb_array_elements_text(p -> 'product_ids'))) and not t.gone);
end $$;

-- {id}
create function find_price_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(t) from prices t where t.id = p ->> 'id' and not t.gone);
end $$;

-- {lookup_keys} -> the active prices that carry one of them, by id
create function prices_by_lookup_key_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]') from prices t
    where t.lookup_key = any (array(select jsonb_array_elements_text(p -> 'lookup_keys')))
      and t.active and not t.gone);
end $$;

-- {tiers: [{tier, name, is_default, rank}], features: [{tier, feature, kind, included, usage_limit, window_kind, zone,
-- meter}]} -> null. They replace what was published before; a row that stays the same is not written.
create function publish_catalog_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('catalog', 0));
  delete from catalog_features f where not exists (
    select from jsonb_to_recordset(p -> 'features') as x(tier text, feature text)
    where x.tier = f.tier and x.feature = f.feature);
  delete from catalog_tiers t where not exists (
    select from jsonb_to_recordset(p -> 'tiers') as x(tier text) where x.tier = t.tier);
  insert into catalog_tiers as t (tier, name, is_default, rank)
  select x.tier, x.name, x.is_default, x.rank
  from jsonb_to_recordset(p -> 'tiers') as x(tier text, name text, is_default boolean, rank integer)
  on conflict (tier) do update set
    name = excluded.name, is_default = excluded.is_default, rank = excluded.rank
  where (t.name, t.is_default, t.rank) is distinct from (excluded.name, excluded.is_default, excluded.rank);
  insert into catalog_features as t (tier, feature, kind, included, usage_limit, window_kind, zone, meter)
  select x.tier, x.feature, x.kind, x.included, x.usage_limit, x.window_kind, x.zone, x.meter
  from jsonb_to_recordset(p -> 'features') as x(
    tier text, feature text, kind text, included boolean, usage_limit bigint, window_kind text, zone text,
    meter text)
  on conflict (tier, feature) do update set
    kind = excluded.kind, included = excluded.included, usage_limit = excluded.usage_limit,
    window_kind = excluded.window_kind, zone = excluded.zone, meter = excluded.meter
  where (t.kind, t.included, t.usage_limit, t.window_kind, t.zone, t.meter) is distinct from
    (excluded.kind, excluded.included, excluded.usage_limit, excluded.window_kind, excluded.zone, excluded.meter);
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
