-- What accounts use of what their plans give them.
--
-- Who uses or gives back takes the account's lock first, so whatever is decided under it counts what
-- everybody before it used. A row belongs to a window as it was when the units were used; when a window ends
-- nothing is reset, the next one has a row of its own.

-- amount: all units; of them overage: beyond the limit at a discount, full_price: beyond that.
create table usage_tracking (
  user_id      text collate "C" not null,
  period_end   timestamptz not null,
  usage_type   text collate "C" not null,
  period_start timestamptz not null,
  amount       bigint not null default 0,
  overage      bigint not null default 0,
  full_price   bigint not null default 0,
  updated_at   timestamptz not null default now(),
  constraint usage_tracking_pkey primary key (user_id, period_end, usage_type, period_start),
  constraint usage_tracking_amount_check check (overage >= 0 and full_price >= 0 and amount >= overage + full_price),
  constraint usage_tracking_period_check check (period_start < period_end)
) with (fillfactor = 70);

-- What was used under which key, to be answered again and to be given back.
create table consumptions (
  user_id          text collate "C" not null,
  idempotency_key  text collate "C" not null,
  id               text collate "C" not null,
  fingerprint      text not null,
  usage_type       text collate "C" not null,
  period_start     timestamptz not null,
  period_end       timestamptz not null,
  place            text not null,
  amount           bigint not null,
  used             bigint not null,
  usage_limit      bigint,
  discount_percent integer,
  metadata         jsonb,
  at               timestamptz not null,
  released_at      timestamptz,
  constraint consumptions_pkey primary key (user_id, idempotency_key),
  constraint consumptions_user_id_id_key unique (user_id, id),
  constraint consumptions_place_check check (place in ('included', 'overage', 'full_price')),
  constraint consumptions_amount_check check (amount > 0)
) with (fillfactor = 90);
create index consumptions_at_idx on consumptions (at);

-- How often an account met its limit on a day (UTC), for how many units, and how many were used beyond it
-- because nobody could refuse them.
create table usage_breaches (
  day        date not null,
  usage_type text collate "C" not null,
  tier       text collate "C" not null,
  user_id    text collate "C" not null,
  denials    bigint not null default 0,
  denied     bigint not null default 0,
  excess     bigint not null default 0,
  constraint usage_breaches_pkey primary key (day, usage_type, tier, user_id)
) with (fillfactor = 80);

-- {account_id, now} -> {entitlement, version, open: [row]}; the version is another one once the entitlement is
create function account_usage_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_build_object(
      'entitlement', (select to_jsonb(e) from account_entitlements e where e.account_id = p ->> 'account_id'),
      'version', coalesce((
        select md5(e.sources::text) from account_entitlements e where e.account_id = p ->> 'account_id'), ''),
      'open', (
        select coalesce(jsonb_agg(to_jsonb(u)), '[]') from usage_tracking u
        where u.user_id = p ->> 'account_id' and u.period_end > (p ->> 'now')::timestamptz)));
end $$;

-- [{n, wave, id, account_id, feature, key, fingerprint, version, tier, period_start, period_end,
--   offers: [{place, limit, discount_percent}], amount, at, recorded, metadata}] -> [{n, outcome, consumption}]
--
-- A wave holds one draw of an account at most; it is decided and written by one statement. What a row counts
-- in is decided as UsageRow.countsIn does it.
create function consume_v1(p jsonb) returns jsonb
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
      select x.*, coalesce(md5(e.sources::text), '') <> x.version as stale,
        c.id as known_id, c.fingerprint as known_fingerprint, to_jsonb(c) as known
      from jsonb_to_recordset(p) as x(
        n integer, wave integer, id text, account_id text, feature text, key text, fingerprint text,
        version text, tier text, period_start timestamptz, period_end timestamptz, offers jsonb, amount bigint,
        at timestamptz, recorded boolean, metadata jsonb)
      left join account_entitlements e on e.account_id = x.account_id
      left join consumptions c on c.user_id = x.account_id and c.idempotency_key = x.key
      where x.wave = v_wave
    ), decided as (
      select a.*, u.included, t.place, t.usage_limit, t.discount_percent,
        (select (o ->> 'limit')::bigint from jsonb_array_elements(a.offers) o
          where o ->> 'place' = 'included') as included_limit,
        case
          when a.known_id is not null and a.known_fingerprint <> a.fingerprint then 'key_reused'
          when a.known_id is not null then 'granted'
          when a.stale then 'stale'
          when t.place is null then 'denied'
          else 'granted'
        end as outcome
      from asked a
      cross join lateral (
        select coalesce(sum(r.amount - r.overage - r.full_price), 0)::bigint as included,
          coalesce(sum(r.overage), 0)::bigint as overage, coalesce(sum(r.full_price), 0)::bigint as full_price
        from usage_tracking r
        where r.user_id = a.account_id and r.usage_type = a.feature
          and (r.period_end > a.at or r.period_end = a.period_end)
          and ((r.period_start = a.period_start and r.period_end = a.period_end)
            or (r.period_start <= a.at and r.period_end > a.at
              and r.period_end - r.period_start <= a.period_end - a.period_start + interval '4 days'))) u
      left join lateral (
        select o.value ->> 'place' as place, (o.value ->> 'limit')::bigint as usage_limit,
          (o.value ->> 'discount_percent')::integer as discount_percent
        from jsonb_array_elements(a.offers) with ordinality o(value, position)
        where a.recorded or o.value ->> 'limit' is null
          or a.amount <= (o.value ->> 'limit')::bigint - case o.value ->> 'place'
            when 'included' then u.included when 'overage' then u.overage else u.full_price end
        order by o.position
        limit 1) t on true
    ), fresh as (
      select d.*, d.included + case d.place when 'included' then d.amount else 0 end as used
      from decided d where d.outcome = 'granted' and d.known_id is null
    ), counted as (
      insert into usage_tracking as t (user_id, usage_type, period_start, period_end, amount, overage, full_price)
      select f.account_id, f.feature, f.period_start, f.period_end, f.amount,
        case f.place when 'overage' then f.amount else 0 end,
        case f.place when 'full_price' then f.amount else 0 end
      from fresh f
      order by f.account_id
      on conflict (user_id, period_end, usage_type, period_start) do update set
        amount = t.amount + excluded.amount, overage = t.overage + excluded.overage,
        full_price = t.full_price + excluded.full_price, updated_at = now()
    ), kept as (
      insert into consumptions as t (
        user_id, idempotency_key, id, fingerprint, usage_type, period_start, period_end, place, amount, used,
        usage_limit, discount_percent, metadata, at)
      select f.account_id, f.key, f.id, f.fingerprint, f.feature, f.period_start, f.period_end, f.place, f.amount,
        f.used, f.included_limit, f.discount_percent, f.metadata, f.at
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
        select f.at, f.feature, f.tier, f.account_id, 0, 0, least(f.amount, f.used - f.included_limit)
        from fresh f where f.recorded and f.place = 'included' and f.used > f.included_limit) z
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

-- {account_id, feature, id, now} -> the consumption, given back now or before, or null
create function release_consumption_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_row consumptions;
begin
  perform pg_advisory_xact_lock(hashtextextended(p ->> 'account_id', 26));
  update consumptions c set released_at = (p ->> 'now')::timestamptz
  where c.user_id = p ->> 'account_id' and c.id = p ->> 'id'
    and c.usage_type = p ->> 'feature' and c.released_at is null
  returning c.* into v_row;
  if found then
    update usage_tracking t set
      amount = greatest(
        t.amount - v_row.amount,
        t.overage + t.full_price - case v_row.place when 'included' then 0 else v_row.amount end),
      overage = t.overage - case v_row.place when 'overage' then v_row.amount else 0 end,
      full_price = t.full_price - case v_row.place when 'full_price' then v_row.amount else 0 end,
      updated_at = now()
    where t.user_id = v_row.user_id and t.usage_type = v_row.usage_type
      and t.period_end = v_row.period_end and t.period_start = v_row.period_start;
  end if;
  return (
    select to_jsonb(c) from consumptions c
    where c.user_id = p ->> 'account_id' and c.id = p ->> 'id' and c.usage_type = p ->> 'feature');
end $$;

-- {account_id, feature, period_start, period_end, value} -> null
create function set_gauge_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p ->> 'account_id', 26));
  insert into usage_tracking as t (user_id, usage_type, period_start, period_end, amount)
  values (p ->> 'account_id', p ->> 'feature', (p ->> 'period_start')::timestamptz,
    (p ->> 'period_end')::timestamptz, (p ->> 'value')::bigint)
  on conflict (user_id, period_end, usage_type, period_start) do update set
    amount = excluded.amount, overage = 0, full_price = 0, updated_at = now();
  return null;
end $$;

-- {account_id, feature, after: {period_end, usage_type, period_start}, limit} -> windows that end last first,
-- then by type and start
create function list_usage_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_end constant timestamptz := coalesce((p #>> '{after,period_end}')::timestamptz, 'infinity');
  v_type constant text := coalesce(p #>> '{after,usage_type}', '');
  v_start constant timestamptz := coalesce((p #>> '{after,period_start}')::timestamptz, '-infinity');
begin
  return coalesce((
    select jsonb_agg(to_jsonb(z))
    from (
      select u.* from usage_tracking u
      where u.user_id = p ->> 'account_id' and u.period_end <= v_end
        and (p ->> 'feature' is null or u.usage_type = p ->> 'feature')
        and (u.period_end < v_end or (u.usage_type, u.period_start) > (v_type, v_start))
      order by u.period_end desc, u.usage_type, u.period_start
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {before} -> how many were forgotten
create function prune_consumptions_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_gone integer;
begin
  delete from consumptions c where c.at < (p ->> 'before')::timestamptz;
  get diagnostics v_gone = row_count;
  return to_jsonb(v_gone);
end $$;

select secure_schema_v1('{}');
