-- Events of limits and catalogs: a share of a limit was used, another catalog is in force.

-- In percent of the limit, ascending; null where no event is wanted.
alter table catalog_features add column thresholds integer[];
create index catalog_features_thresholds_idx on catalog_features (tier, feature) where thresholds is not null;

-- {tiers: [{tier, name, is_default, rank}], features: [{tier, feature, kind, included, usage_limit, window_kind, zone,
-- meter, thresholds}]} -> null. They replace what was published before; a row that stays the same is not written.
create or replace function publish_catalog_v1(p jsonb) returns jsonb
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
  insert into catalog_features as t (tier, feature, kind, included, usage_limit, window_kind, zone, meter, thresholds)
  select x.tier, x.feature, x.kind, x.included, x.usage_limit, x.window_kind, x.zone, x.meter, x.thresholds
  from jsonb_to_recordset(p -> 'features') as x(
    tier text, feature text, kind text, included boolean, usage_limit bigint, window_kind text, zone text,
    meter text, thresholds integer[])
  on conflict (tier, feature) do update set
    kind = excluded.kind, included = excluded.included, usage_limit = excluded.usage_limit,
    window_kind = excluded.window_kind, zone = excluded.zone, meter = excluded.meter, thresholds = excluded.thresholds
  where (t.kind, t.included, t.usage_limit, t.window_kind, t.zone, t.meter, t.thresholds) is distinct from
    (excluded.kind, excluded.included, excluded.usage_limit, excluded.window_kind, excluded.zone, excluded.meter,
      excluded.thresholds);
  return null;
end $$;

-- {document, content_hash, tiers, features, now, if_new} -> {version, document, published_at}, the one that is in force
-- by then. What is in force already gets no new version. With if_new, neither does what was in force before. A new
-- version is one event, whatever it changes for how many accounts; not the first one, which replaces none: a store on
-- which a server has only started can still be the target of a move.
create or replace function publish_catalog_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_hash constant text := p ->> 'content_hash';
  v_first boolean;
  v_last catalog_versions;
begin
  perform pg_advisory_xact_lock(hashtextextended('catalog', 0));
  select v.* into v_last from catalog_versions v order by v.version desc limit 1;
  if v_last.content_hash is distinct from v_hash and not (
    coalesce((p ->> 'if_new')::boolean, false)
    and exists (select from catalog_versions v where v.content_hash = v_hash))
  then
    perform publish_catalog_v1(p);
    v_first := v_last.version is null;
    insert into catalog_versions (version, content_hash, document, published_at)
    values (coalesce(v_last.version, 0) + 1, v_hash, p -> 'document', (p ->> 'now')::timestamptz)
    returning * into v_last;
    if not v_first then
      perform append_facts_v1(jsonb_build_object('now', p -> 'now', 'facts', jsonb_build_array(jsonb_build_object(
        'u', 0, 'fact_key', 'system:catalog:published:' || v_last.version, 'account_id', 'system:catalog',
        'subject_id', 'system:catalog', 'event_type', 'catalog.published', 'status', 'published',
        'occurred_at', v_last.published_at, 'cause', 'decision',
        'details', jsonb_build_object('version', v_last.version::text)))));
    end if;
  end if;
  return to_jsonb(v_last);
end $$;

alter function consume_v1(jsonb) rename to take_units_v1;

-- As take_units_v1. In the same commit it states which shares of a limit were used up: each once in a window, by units
-- of the plan's own.
create function consume_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_answers constant jsonb := take_units_v1(p);
  v_facts jsonb;
begin
  -- Most catalogs have none, and then nothing else is looked at.
  if exists (select from catalog_features f where f.thresholds is not null) then
    select jsonb_agg(jsonb_build_object(
      'u', 0,
      'fact_key', x.account_id || ':limit:' || x.feature || ':' || extract(epoch from x.period_start)::bigint
        || ':' || t.threshold,
      'account_id', x.account_id, 'subject_id', x.account_id, 'event_type', 'limit.threshold_crossed',
      'status', t.threshold::text, 'occurred_at', x.at, 'cause', 'decision',
      'details', jsonb_build_object(
        'feature', x.feature, 'threshold', t.threshold::text, 'used', a.used::text, 'limit', x.included_limit::text,
        'periodStart', to_char(x.period_start at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'periodEnd', to_char(x.period_end at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))))
    into v_facts
    from jsonb_array_elements(p -> 'waves') w
    cross join lateral jsonb_to_recordset(w.value) as x(
      n integer, account_id text, feature text, tier text, period_start timestamptz, period_end timestamptz,
      included_limit bigint, amount bigint, at timestamptz)
    join jsonb_to_recordset(v_answers) as a(n integer, outcome text, place text, used bigint, taken bigint)
      on a.n = x.n and a.outcome = 'granted' and a.place = 'included'
    join catalog_features f on f.tier = x.tier and f.feature = x.feature and f.thresholds is not null
    cross join unnest(f.thresholds) as t(threshold)
    where x.included_limit > 0 and a.used * 100 >= t.threshold * x.included_limit
      and (a.used - x.amount + a.taken) * 100 < t.threshold * x.included_limit;
    if v_facts is not null then
      perform append_facts_v1(jsonb_build_object('now', now(), 'facts', v_facts));
    end if;
  end if;
  return v_answers;
end $$;

select secure_schema_v1('{}');
