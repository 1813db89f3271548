-- What administrators give to accounts for nothing: plans for a time, units of features, flags.
--
-- A grant is never deleted, and nothing of it changes but what is used of its units, and that it is revoked:
-- what an account had at any instant can be told from these rows.

create table grants (
  id              text collate "C" primary key,
  seq             bigint generated always as identity,
  user_id         text collate "C" not null,
  idempotency_key text collate "C" not null,
  fingerprint     text not null,
  kind            text not null,
  tier            text collate "C",
  feature         text collate "C",
  units           bigint,
  used            bigint not null default 0,
  reason          text not null,
  given_by        text not null,
  given_at        timestamptz not null,
  starts_at       timestamptz not null,
  expires_at      timestamptz,
  revoked_at      timestamptz,
  revoked_by      text,
  revoked_reason  text,
  constraint grants_seq_key unique (seq),
  constraint grants_user_id_idempotency_key_key unique (user_id, idempotency_key),
  constraint grants_kind_check check (case kind
    when 'tier' then tier is not null and feature is null and units is null
    when 'units' then tier is null and feature is not null and units > 0
    when 'flag' then tier is null and feature is not null and units is null
    else false end),
  constraint grants_used_check check (used >= 0 and used <= coalesce(units, 0)),
  constraint grants_times_check check (expires_at > starts_at)
) with (fillfactor = 80);
create index grants_user_id_seq_idx on grants (user_id, seq);

-- amount holds what was drawn from grants, too.
alter table usage_tracking add column granted bigint not null default 0,
  add constraint usage_tracking_granted_check check (granted >= 0);

-- granted: [{id, amount}], which units were drawn from which grants; granted_left: how many all had, right after.
alter table consumptions add column granted jsonb, add column granted_left bigint not null default 0;

alter table catalog_tiers add column rank integer not null default 0;
create index catalog_tiers_default_idx on catalog_tiers (tier) where is_default;

-- {key, fingerprint, id, account_id, kind, tier, feature, units, reason, given_by, given_at, starts_at, expires_at}
-- -> the row under this key, added now or before
create function add_grant_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p ->> 'account_id', 26));
  insert into grants (
    id, user_id, idempotency_key, fingerprint, kind, tier, feature, units, reason, given_by, given_at, starts_at,
    expires_at)
  values (
    p ->> 'id', p ->> 'account_id', p ->> 'key', p ->> 'fingerprint', p ->> 'kind', p ->> 'tier', p ->> 'feature',
    (p ->> 'units')::bigint, p ->> 'reason', p ->> 'given_by', (p ->> 'given_at')::timestamptz,
    (p ->> 'starts_at')::timestamptz, (p ->> 'expires_at')::timestamptz)
  on conflict (user_id, idempotency_key) do nothing;
  return (
    select to_jsonb(g) from grants g
    where g.user_id = p ->> 'account_id' and g.idempotency_key = p ->> 'key');
end $$;

-- {account_id, id, at, by, reason} -> the row, revoked now or before, or null
create function revoke_grant_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p ->> 'account_id', 26));
  update grants g set
    revoked_at = (p ->> 'at')::timestamptz, revoked_by = p ->> 'by', revoked_reason = p ->> 'reason'
  where g.id = p ->> 'id' and g.user_id = p ->> 'account_id' and g.revoked_at is null;
  return (
    select to_jsonb(g) from grants g where g.id = p ->> 'id' and g.user_id = p ->> 'account_id');
end $$;

-- {id} or {account_id, key} -> the row, or null
create function find_grant_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  if p ->> 'id' is not null then
    return (select to_jsonb(g) from grants g where g.id = p ->> 'id');
  end if;
  return (
    select to_jsonb(g) from grants g
    where g.user_id = p ->> 'account_id' and g.idempotency_key = p ->> 'key');
end $$;

-- {account_id, before, limit} -> rows, those given last first; before is the id of a row
create function list_grants_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before constant bigint := case when p ->> 'before' is null then 9223372036854775807
    else coalesce((select g.seq from grants g where g.id = p ->> 'before'), 0) end;
  v_rows jsonb;
begin
  if p ->> 'account_id' is not null then
    select jsonb_agg(to_jsonb(z) order by z.seq desc) into v_rows
    from (
      select g.* from grants g where g.user_id = p ->> 'account_id' and g.seq < v_before
      order by g.seq desc limit (p ->> 'limit')::integer) z;
  else
    select jsonb_agg(to_jsonb(z) order by z.seq desc) into v_rows
    from (
      select g.* from grants g where g.seq < v_before
      order by g.seq desc limit (p ->> 'limit')::integer) z;
  end if;
  return coalesce(v_rows, '[]');
end $$;

-- {account_id, now} -> {entitlement, version, open: [row], grants: [row]}; the version is another one once the
-- entitlement is, or a grant is given or revoked. Its form is known to consume_v2 and tier_at_v1, too.
create function account_usage_v2(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
begin
  return (
    select jsonb_build_object(
      'entitlement', (select to_jsonb(e) from account_entitlements e where e.account_id = v_account),
      'version', coalesce((
        select md5(e.sources::text) from account_entitlements e where e.account_id = v_account), '')
        || coalesce(n.mark, ''),
      'open', (
        select coalesce(jsonb_agg(to_jsonb(u)), '[]') from usage_tracking u
        where u.user_id = v_account and u.period_end > v_now),
      'grants', coalesce(n.open, '[]'))
    from (
      select ':' || count(*) || ':' || count(g.revoked_at) as mark,
        jsonb_agg(to_jsonb(g)) filter (
          where (g.expires_at is null or g.expires_at > v_now)
            and (g.revoked_at is null or g.revoked_at > v_now)) as open
      from grants g where g.user_id = v_account
      having count(*) > 0) n
    right join (select) always on true);
end $$;

-- [{n, wave, id, account_id, feature, key, fingerprint, version, tier, period_start, period_end,
--   offers: [{place, limit, discount_percent, grant}], amount, at, recorded, metadata}]
-- -> [{n, outcome, consumption}]
--
-- As consume_v1, with offers that are of grants: of what costs nothing a part may come from each, in the order of
-- the offers, if there is enough in all. The rule is that of Draw.takenOf.
create function consume_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_answers jsonb := '[]';
  v_part jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended(z.account_id, 26))
  from (
    select distinct x.account_id from jsonb_to_recordset(p) as x(account_id text) order by x.account_id) z;
  for v_wave in 1 .. (select max(x.wave) from jsonb_to_recordset(p) as x(wave integer)) loop
    with asked as (
      select x.*, coalesce(md5(e.sources::text), '') || coalesce(m.mark, '') <> x.version as stale,
        c.id as known_id, c.fingerprint as known_fingerprint, to_jsonb(c) as known
      from jsonb_to_recordset(p) as x(
        n integer, wave integer, id text, account_id text, feature text, key text, fingerprint text,
        version text, tier text, period_start timestamptz, period_end timestamptz, offers jsonb, amount bigint,
        at timestamptz, recorded boolean, metadata jsonb)
      left join account_entitlements e on e.account_id = x.account_id
      left join lateral (
        select ':' || count(*) || ':' || count(g.revoked_at) as mark
        from grants g where g.user_id = x.account_id
        having count(*) > 0) m on true
      left join consumptions c on c.user_id = x.account_id and c.idempotency_key = x.key
      where x.wave = v_wave
    ), decided as (
      select a.*, u.included, f.drawn, f.free, f.granted, f.granted_left,
        (f.free >= a.amount or a.recorded) as for_nothing, t.place as paid_place, t.discount_percent,
        (select (o ->> 'limit')::bigint from jsonb_array_elements(a.offers) o
          where o ->> 'place' = 'included' and o ->> 'grant' is null) as included_limit,
        case
          when a.known_id is not null and a.known_fingerprint <> a.fingerprint then 'key_reused'
          when a.known_id is not null then 'granted'
          when a.stale then 'stale'
          when f.free >= a.amount or a.recorded or t.place is not null then 'granted'
          else 'denied'
        end as outcome
      from asked a
      cross join lateral (
        select coalesce(sum(r.amount - r.overage - r.full_price - r.granted), 0)::bigint as included,
          coalesce(sum(r.overage), 0)::bigint as overage, coalesce(sum(r.full_price), 0)::bigint as full_price
        from usage_tracking r
        where r.user_id = a.account_id and r.usage_type = a.feature
          and (r.period_end > a.at or r.period_end = a.period_end)
          and ((r.period_start = a.period_start and r.period_end = a.period_end)
            or (r.period_start <= a.at and r.period_end > a.at
              and r.period_end - r.period_start <= a.period_end - a.period_start + interval '4 days'))) u
      cross join lateral (
        select coalesce(sum(o.here), 0)::bigint as free,
          jsonb_agg(jsonb_build_object('id', o.id, 'amount', o.taken)) filter (
            where o.id is not null and o.taken > 0) as drawn,
          coalesce(sum(o.taken) filter (where o.id is not null), 0)::bigint as granted,
          coalesce(sum(o.here) filter (where o.id is not null), 0)::bigint as granted_left
        from (
          select b.id, b.here, greatest(0, least(b.here, a.amount - b.before))::bigint as taken
          from (
            select l.id, l.here, coalesce(sum(l.here) over (
              order by l.position rows between unbounded preceding and 1 preceding), 0) as before
            from (
              select o.position, o.value ->> 'grant' as id,
                case when o.value ->> 'grant' is null
                  then greatest(0, coalesce((o.value ->> 'limit')::bigint - u.included, a.amount))
                  else coalesce((
                    select g.units - g.used from grants g
                    where g.id = o.value ->> 'grant' and g.user_id = a.account_id), 0) end as here
              from jsonb_array_elements(a.offers) with ordinality o(value, position)
              where o.value ->> 'place' = 'included') l) b) o) f
      left join lateral (
        select o.value ->> 'place' as place, (o.value ->> 'discount_percent')::integer as discount_percent
        from jsonb_array_elements(a.offers) with ordinality o(value, position)
        where o.value ->> 'place' <> 'included' and (o.value ->> 'limit' is null
          or a.amount <= (o.value ->> 'limit')::bigint - case o.value ->> 'place'
            when 'overage' then u.overage else u.full_price end)
        order by o.position
        limit 1) t on true
    ), fresh as (
      select d.*, case when d.for_nothing then 'included' else d.paid_place end as place,
        case when d.for_nothing then d.granted else 0 end as from_grants,
        case when d.for_nothing then d.drawn end as parts,
        d.included + case when d.for_nothing then d.amount - d.granted else 0 end as used
      from decided d where d.outcome = 'granted' and d.known_id is null
    ), counted as (
      insert into usage_tracking as t (
        user_id, usage_type, period_start, period_end, amount, overage, full_price, granted)
      select f.account_id, f.feature, f.period_start, f.period_end, f.amount,
        case f.place when 'overage' then f.amount else 0 end,
        case f.place when 'full_price' then f.amount else 0 end, f.from_grants
      from fresh f
      order by f.account_id
      on conflict (user_id, period_end, usage_type, period_start) do update set
        amount = t.amount + excluded.amount, overage = t.overage + excluded.overage,
        full_price = t.full_price + excluded.full_price, granted = t.granted + excluded.granted,
        updated_at = now()
    ), drawn as (
      update grants g set used = g.used + x.amount
      from fresh f cross join lateral jsonb_to_recordset(f.parts) as x(id text, amount bigint)
      where g.id = x.id
    ), kept as (
      insert into consumptions as t (
        user_id, idempotency_key, id, fingerprint, usage_type, period_start, period_end, place, amount, used,
        usage_limit, discount_percent, metadata, at, granted, granted_left)
      select f.account_id, f.key, f.id, f.fingerprint, f.feature, f.period_start, f.period_end, f.place, f.amount,
        f.used, f.included_limit, case when not f.for_nothing then f.discount_percent end, f.metadata, f.at,
        f.parts, f.granted_left - f.from_grants
      from fresh f
      order by f.account_id
      returning t.id, t.user_id, to_jsonb(t) as row
    ), breached as (
      insert into usage_breaches as t (day, usage_type, tier, user_id, denials, denied, excess)
      select (z.at at time zone 'utc')::date, z.feature, z.tier, z.account_id, z.denials, z.denied, z.excess
      from (
        select d.at, d.feature, d.tier, d.account_id, 1 as denials, d.amount as denied, 0 as excess
        from decided d where d.outcome = 'denied'
        union all
        select f.at, f.feature, f.tier, f.account_id, 0, 0, f.amount - f.free
        from fresh f where f.recorded and f.free < f.amount) z
      order by z.account_id
      on conflict (day, usage_type, tier, user_id) do update set
        denials = t.denials + excluded.denials, denied = t.denied + excluded.denied,
        excess = t.excess + excluded.excess
    )
    select jsonb_agg(jsonb_build_object(
      'n', d.n, 'outcome', d.outcome,
      'consumption', case when d.outcome = 'granted' then coalesce(d.known, k.row) end)) into v_part
    from decided d
    left join kept k on k.user_id = d.account_id and k.id = d.id;
    v_answers := v_answers || v_part;
  end loop;
  return v_answers;
end $$;

-- {account_id, feature, id, now} -> the consumption, given back now or before, or null. What came from grants goes
-- back to them, also when they have ended.
create function release_consumption_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_row consumptions;
  v_granted bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended(p ->> 'account_id', 26));
  update consumptions c set released_at = (p ->> 'now')::timestamptz
  where c.user_id = p ->> 'account_id' and c.id = p ->> 'id'
    and c.usage_type = p ->> 'feature' and c.released_at is null
  returning c.* into v_row;
  if found then
    with given_back as (
      update grants g set used = greatest(0, g.used - x.amount)
      from jsonb_to_recordset(coalesce(v_row.granted, '[]')) as x(id text, amount bigint)
      where g.id = x.id and g.user_id = v_row.user_id
    )
    select coalesce(sum(x.amount), 0) into v_granted
    from jsonb_to_recordset(coalesce(v_row.granted, '[]')) as x(amount bigint);
    update usage_tracking t set
      amount = greatest(
        t.amount - v_row.amount,
        t.overage + t.full_price + greatest(0, t.granted - v_granted)
          - case v_row.place when 'included' then 0 else v_row.amount end),
      overage = t.overage - case v_row.place when 'overage' then v_row.amount else 0 end,
      full_price = t.full_price - case v_row.place when 'full_price' then v_row.amount else 0 end,
      granted = greatest(0, t.granted - v_granted),
      updated_at = now()
    where t.user_id = v_row.user_id and t.usage_type = v_row.usage_type
      and t.period_end = v_row.period_end and t.period_start = v_row.period_start;
  end if;
  return (
    select to_jsonb(c) from consumptions c
    where c.user_id = p ->> 'account_id' and c.id = p ->> 'id' and c.usage_type = p ->> 'feature');
end $$;

-- As set_gauge_v1.
create function set_gauge_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p ->> 'account_id', 26));
  insert into usage_tracking as t (user_id, usage_type, period_start, period_end, amount)
  values (p ->> 'account_id', p ->> 'feature', (p ->> 'period_start')::timestamptz,
    (p ->> 'period_end')::timestamptz, (p ->> 'value')::bigint)
  on conflict (user_id, period_end, usage_type, period_start) do update set
    amount = excluded.amount, overage = 0, full_price = 0, granted = 0, updated_at = now();
  return null;
end $$;

-- As publish_catalog_v1, with {tiers: [{tier, rank, …}]}.
create function publish_catalog_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform publish_catalog_v1(p);
  update catalog_tiers t set rank = x.rank
  from jsonb_to_recordset(p -> 'tiers') as x(tier text, rank integer)
  where x.tier = t.tier and t.rank <> x.rank;
  return null;
end $$;

-- {account_id, at} -> {tier, version, source, grant}: what decides, as Standing does it. source is the
-- subscription that counts, also where a grant gives a better plan.
create function tier_at_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
  v_sources jsonb;
  v_source jsonb;
  v_tier catalog_tiers;
  v_grant grants;
begin
  select e.sources into v_sources from account_entitlements e where e.account_id = p ->> 'account_id';
  select s.value into v_source
  from jsonb_array_elements(coalesce(v_sources, '[]')) with ordinality s(value, position)
  where s.value ->> 'grace_until' is null or (s.value ->> 'grace_until')::timestamptz > v_at
  order by s.position
  limit 1;
  select t.* into v_tier from catalog_tiers t where t.tier = v_source ->> 'tier';
  if not found then
    select t.* into v_tier from catalog_tiers t where t.is_default limit 1;
  end if;
  select g.* into v_grant
  from grants g
  join catalog_tiers t on t.tier = g.tier
  where g.user_id = p ->> 'account_id' and g.kind = 'tier' and g.starts_at <= v_at
    and (g.expires_at is null or g.expires_at > v_at) and (g.revoked_at is null or g.revoked_at > v_at)
    and (t.rank > v_tier.rank or (t.rank = v_tier.rank and v_tier.tier is distinct from v_source ->> 'tier'))
  order by t.rank desc, g.expires_at desc nulls first, g.given_at desc, g.id desc
  limit 1;
  return jsonb_build_object(
    'tier', coalesce(v_grant.tier, v_tier.tier),
    'version', coalesce(md5(v_sources::text), '') || coalesce((
      select ':' || count(*) || ':' || count(g.revoked_at) from grants g
      where g.user_id = p ->> 'account_id' having count(*) > 0), ''),
    'source', v_source,
    'grant', case when v_grant.id is not null then to_jsonb(v_grant) end);
end $$;

-- {account_id, feature, at} -> {tier, version, kind, limit, period_start, period_end, offers, granted_left}, or
-- null if no plan has it
create function account_terms_v2(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
  v_decides constant jsonb := tier_at_v1(p);
  v_feature catalog_features;
  v_limit bigint;
  v_window jsonb;
  v_offers jsonb;
  v_left bigint;
begin
  select f.* into v_feature from catalog_features f
  where f.tier = v_decides ->> 'tier' and f.feature = p ->> 'feature';
  v_limit := v_feature.usage_limit;
  if not found then
    select f.* into v_feature from catalog_features f where f.feature = p ->> 'feature' order by f.tier limit 1;
    if not found then
      return null;
    end if;
    v_limit := 0;
  end if;
  v_window := window_at_v1(jsonb_build_object(
    'kind', v_feature.window_kind, 'zone', v_feature.zone, 'cycle', v_decides #> '{source,cycle}', 'at', v_at));
  -- What is lost soonest comes first, as Standing.free has it.
  select jsonb_agg(z.offer order by z.turn, z.ends, z.given_at, z.id), coalesce(sum(z.here), 0)
  into v_offers, v_left
  from (
    select 1 as turn, null::timestamptz as ends, null::timestamptz as given_at, null as id, null as here,
      jsonb_build_object('place', 'included', 'limit', v_limit) as offer
    union all
    select case when g.expires_at < (v_window ->> 'period_end')::timestamptz then 0 else 2 end,
      coalesce(g.expires_at, 'infinity'), g.given_at, g.id, g.units - g.used,
      jsonb_build_object('place', 'included', 'limit', g.units, 'grant', g.id)
    from grants g
    where g.user_id = p ->> 'account_id' and g.kind = 'units' and g.feature = p ->> 'feature'
      and v_limit is not null and v_feature.kind <> 'gauge' and g.starts_at <= v_at
      and (g.expires_at is null or g.expires_at > v_at)
      and (g.revoked_at is null or g.revoked_at > v_at)) z;
  return jsonb_build_object(
    'tier', v_decides -> 'tier', 'version', v_decides -> 'version', 'kind', v_feature.kind, 'limit', v_limit,
    'offers', v_offers, 'granted_left', v_left) || v_window;
end $$;

-- Records what was used now, by the database's clock, and never refuses.
-- -> {used, limit, remaining, period_start, period_end}
create or replace function track_usage(user_id text, usage_type text, amount bigint, metadata jsonb default '{}')
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
  v_terms := account_terms_v2(jsonb_build_object(
    'account_id', track_usage.user_id, 'feature', track_usage.usage_type, 'at', now()));
  if v_terms is null or v_terms ->> 'kind' = 'flag' then
    raise exception 'no plan of the catalog counts %', track_usage.usage_type using errcode = '22023',
      hint = 'The server publishes its catalog when it starts.';
  end if;
  v_used := consume_v2(jsonb_build_array(v_terms || jsonb_build_object(
    'n', 0, 'wave', 1, 'id', v_id, 'account_id', track_usage.user_id, 'feature', track_usage.usage_type,
    'key', v_id, 'fingerprint', 'report', 'amount', track_usage.amount, 'at', now(), 'recorded', true,
    'metadata', nullif(track_usage.metadata, '{}')))) -> 0;
  if v_used ->> 'outcome' <> 'granted' then
    raise exception 'the entitlement changed meanwhile; try again' using errcode = '55P03';
  end if;
  return jsonb_build_object(
    'used', v_used #> '{consumption,used}', 'limit', v_terms -> 'limit',
    'remaining', greatest(0, (v_terms ->> 'limit')::bigint - (v_used #>> '{consumption,used}')::bigint)
      + (v_used #>> '{consumption,granted_left}')::bigint,
    'period_start', v_terms -> 'period_start', 'period_end', v_terms -> 'period_end');
end $$;

-- What was used in the windows of now, beside what the plan and grants give.
create or replace view current_usage with (security_invoker = true) as
select
  u.user_id,
  u.usage_type,
  t.terms ->> 'tier' as tier,
  u.amount,
  (t.terms ->> 'limit')::bigint as quota,
  greatest(0, (t.terms ->> 'limit')::bigint - (u.amount - u.overage - u.full_price - u.granted))
    + (t.terms ->> 'granted_left')::bigint as remaining,
  u.period_start,
  u.period_end,
  u.granted
from usage_tracking u
cross join lateral (
  select account_terms_v2(jsonb_build_object(
    'account_id', u.user_id, 'feature', u.usage_type, 'at', now())) as terms) t
where u.period_end > now() and u.period_start <= now();

-- The tier that decides now, the subscription or grant that gives it, and what was used.
create or replace function get_user_subscription(user_id text) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_decides constant jsonb :=
    tier_at_v1(jsonb_build_object('account_id', get_user_subscription.user_id, 'at', now()));
begin
  return jsonb_build_object(
    'user_id', get_user_subscription.user_id,
    'tier', v_decides -> 'tier',
    'subscription', (
      select to_jsonb(s) - 'items' - 'as_of' - 'source' - 'gone' from subscriptions s
      where s.stripe_subscription_id = v_decides #>> '{source,subscription_id}' and not s.gone),
    'grant', (
      select jsonb_build_object('id', x.id, 'tier', x.tier, 'expires_at', x.expires_at)
      from jsonb_to_record(nullif(v_decides -> 'grant', 'null')) as x(id text, tier text, expires_at timestamptz)
      where x.id is not null),
    'usage', (
      select coalesce(jsonb_agg(to_jsonb(c) order by c.usage_type, c.period_start), '[]') from current_usage c
      where c.user_id = get_user_subscription.user_id));
end $$;

select secure_schema_v1('{}');
