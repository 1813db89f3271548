-- Units are counted as before, by a statement that PostgreSQL neither compiles nor lets read all consumptions while
-- there are few: it took the plans of sets that it knows nothing of for costly ones, and compiled them at each call.

-- {waves: [[{n, id, account_id, feature, key, fingerprint, version, tier, period_start, period_end,
--   included_limit, free, paid, amount, at, recorded, metadata}]]}
-- -> [{n, outcome}, for what is granted now with {place, used, discount_percent, granted, granted_left}, for what
--    the key granted before with {consumption}]
--
-- A wave holds one draw of an account at most, the first one a draw of every account; it is decided and written by
-- one statement. free: grants in the order in which units are drawn, null among them for the plan's own, which alone
-- give if it is absent. paid: [{place, limit, discount_percent}]. The rule is that of Draw.takenOf; what a row counts
-- in is decided as UsageRow.countsIn does it.
create function consume_v4(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_answers jsonb := '[]';
  v_wave jsonb;
  v_part jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended(z.account_id, 26))
  from (select d.value ->> 'account_id' as account_id from jsonb_array_elements(p #> '{waves,0}') d order by 1) z;
  for v_wave in select w.value from jsonb_array_elements(p -> 'waves') w loop
    with asked as materialized (
      select x.*, c.fingerprint as known_fingerprint, to_jsonb(c) as known,
        x.version <> coalesce((
          select md5(e.sources::text) from account_entitlements e where e.account_id = x.account_id), '')
          || coalesce((
            select ':' || count(*) || ':' || count(g.revoked_at) from grants g where g.user_id = x.account_id
            having count(*) > 0), '') as stale
      from jsonb_to_recordset(v_wave) as x(
        n integer, id text, account_id text, feature text, key text, fingerprint text, version text, tier text,
        period_start timestamptz, period_end timestamptz, included_limit bigint, free jsonb, paid jsonb, amount bigint,
        at timestamptz, recorded boolean, metadata jsonb)
      left join lateral (
        select k.* from consumptions k where k.user_id = x.account_id and k.idempotency_key = x.key limit 1) c on true
    ), weighed as materialized (
      select a.*, u.included, u.overage, u.full_price, u.begun,
        case when coalesce(a.free, '[null]') @> '[null]' then greatest(0, coalesce(a.included_limit - u.included, a.amount))
          else 0 end as own
      from asked a
      cross join lateral (
        select coalesce(sum(r.amount - r.overage - r.full_price - r.granted), 0)::bigint as included,
          coalesce(sum(r.overage), 0)::bigint as overage, coalesce(sum(r.full_price), 0)::bigint as full_price,
          coalesce(bool_or(r.period_start = a.period_start and r.period_end = a.period_end), false) as begun
        from usage_tracking r
        where r.user_id = a.account_id and r.usage_type = a.feature
          and (r.period_end > a.at or r.period_end = a.period_end)
          and ((r.period_start = a.period_start and r.period_end = a.period_end)
            or (r.period_start <= a.at and r.period_end > a.at
              and r.period_end - r.period_start <= a.period_end - a.period_start + interval '4 days'))) u
    ), offered as materialized (
      select w.*,
        case when w.free is not null then (
          select to_jsonb(z)
          from (
            select jsonb_agg(jsonb_build_object('id', t.id, 'amount', t.taken)) filter (
                where t.id is not null and t.taken > 0) as parts,
              sum(t.taken) filter (where t.id is not null) as taken,
              sum(t.here) filter (where t.id is not null) as here
            from (
              select h.id, h.here, greatest(0, least(h.here, w.amount - coalesce(sum(h.here) over (
                order by h.position rows between unbounded preceding and 1 preceding), 0)))::bigint as taken
              from (
                select f.position, f.id,
                  case when f.id is null then w.own else coalesce(g.units - g.used, 0) end as here
                from jsonb_array_elements_text(w.free) with ordinality f(id, position)
                left join grants g on g.user_id = w.account_id and g.id = f.id) h) t) z) end as grants,
        case when w.paid is not null then (
          select o.value
          from jsonb_array_elements(w.paid) with ordinality o(value, position)
          where o.value ->> 'limit' is null
            or w.amount <= (o.value ->> 'limit')::bigint - case o.value ->> 'place'
              when 'overage' then w.overage else w.full_price end
          order by o.position
          limit 1) end as sold
      from weighed w
    ), decided as materialized (
      select o.*, f.free_units, f.for_nothing,
        case
          when o.known is not null and o.known_fingerprint <> o.fingerprint then 'key_reused'
          when o.known is not null then 'known'
          when o.stale then 'stale'
          when f.for_nothing or o.sold is not null then 'granted'
          else 'denied'
        end as outcome
      from offered o
      cross join lateral (
        select z.free_units, o.recorded or z.free_units >= o.amount as for_nothing
        from (select o.own + coalesce((o.grants ->> 'here')::bigint, 0) as free_units) z) f
    ), fresh as materialized (
      select d.*, case when d.for_nothing then 'included' else d.sold ->> 'place' end as place,
        case when not d.for_nothing then (d.sold ->> 'discount_percent')::integer end as discount_percent,
        case when d.for_nothing then nullif(d.grants -> 'parts', 'null') end as parts, g.taken,
        d.included + case when d.for_nothing then d.amount - g.taken else 0 end as used,
        coalesce((d.grants ->> 'here')::bigint, 0) - g.taken as granted_left,
        case when d.recorded then greatest(0, d.amount - d.free_units) else 0 end as excess
      from decided d
      cross join lateral (
        select case when d.for_nothing then coalesce((d.grants ->> 'taken')::bigint, 0) else 0 end as taken) g
      where d.outcome = 'granted'
    ), counted as (
      update usage_tracking t set
        amount = t.amount + f.amount,
        overage = t.overage + case f.place when 'overage' then f.amount else 0 end,
        full_price = t.full_price + case f.place when 'full_price' then f.amount else 0 end,
        granted = t.granted + f.taken, updated_at = now()
      from fresh f
      where f.begun and t.user_id = f.account_id and t.usage_type = f.feature
        and t.period_start = f.period_start and t.period_end = f.period_end
    ), kept as (
      insert into consumptions (
        user_id, idempotency_key, id, fingerprint, usage_type, period_start, period_end, place, amount, used,
        usage_limit, discount_percent, metadata, at, granted, granted_left)
      select f.account_id, f.key, f.id, f.fingerprint, f.feature, f.period_start, f.period_end, f.place, f.amount,
        f.used, f.included_limit, f.discount_percent, f.metadata, f.at, f.parts, f.granted_left
      from fresh f
    )
    select jsonb_agg(case d.outcome
      when 'granted' then jsonb_build_object(
        'n', d.n, 'outcome', d.outcome, 'place', f.place, 'used', f.used, 'discount_percent', f.discount_percent,
        'granted', f.parts, 'granted_left', f.granted_left, 'taken', f.taken,
        'begins', not f.begun, 'excess', f.excess)
      else jsonb_build_object('n', d.n, 'outcome', d.outcome, 'consumption', d.known) end) into v_part
    from decided d
    left join fresh f on f.n = d.n;
    -- Triggers run for each statement, also for one that finds nothing to do.
    if v_part @? '$[*] ? (@.begins == true)' then
      insert into usage_tracking (
        user_id, usage_type, period_start, period_end, amount, overage, full_price, granted)
      select x.account_id, x.feature, x.period_start, x.period_end, x.amount,
        case a.place when 'overage' then x.amount else 0 end,
        case a.place when 'full_price' then x.amount else 0 end, a.taken
      from jsonb_to_recordset(v_part) as a(n integer, begins boolean, place text, taken bigint)
      join jsonb_to_recordset(v_wave) as x(
        n integer, account_id text, feature text, period_start timestamptz, period_end timestamptz,
        amount bigint) on x.n = a.n
      where a.begins;
    end if;
    if v_part @? '$[*].granted[*].id' then
      update grants g set used = g.used + x.amount
      from jsonb_to_recordset(jsonb_path_query_array(v_part, '$[*].granted[*] ? (exists(@.id))')) as x(id text, amount bigint)
      where g.id = x.id;
    end if;
    if v_part @? '$[*] ? (@.outcome == "denied" || @.excess > 0)' then
      insert into usage_breaches as t (day, usage_type, tier, user_id, denials, denied, excess)
      select (x.at at time zone 'utc')::date, x.feature, x.tier, x.account_id,
        case a.outcome when 'denied' then 1 else 0 end, case a.outcome when 'denied' then x.amount else 0 end,
        coalesce(a.excess, 0)
      from jsonb_to_recordset(v_part) as a(n integer, outcome text, excess bigint)
      join jsonb_to_recordset(v_wave) as x(
        n integer, account_id text, feature text, tier text, at timestamptz, amount bigint) on x.n = a.n
      where a.outcome = 'denied' or a.excess > 0
      on conflict (day, usage_type, tier, user_id) do update set
        denials = t.denials + excluded.denials, denied = t.denied + excluded.denied,
        excess = t.excess + excluded.excess;
    end if;
    v_answers := v_answers || v_part;
  end loop;
  return v_answers;
end $$;

-- {purchase: as add_free_purchase_v2, draw: as one of consume_v4} -> as consume_v4, with {purchase}
create function give_item_v3(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_draw constant jsonb := p -> 'draw';
  v_purchase constant jsonb := p -> 'purchase';
  v_drawn jsonb;
  v_unit text;
begin
  v_drawn := consume_v4(jsonb_build_object('waves', jsonb_build_array(jsonb_build_array(v_draw || '{"n": 0}')))) -> 0;
  if v_drawn ->> 'outcome' not in ('granted', 'known') then
    return v_drawn;
  end if;
  v_unit := coalesce(v_drawn #>> '{consumption,id}', v_draw ->> 'id');
  insert into free_purchases (id, account_id, item, sale, created_at, unit)
  values (v_purchase ->> 'id', v_purchase ->> 'account_id', v_purchase ->> 'item', v_purchase -> 'sale',
    (v_purchase ->> 'created_at')::timestamptz, v_unit)
  on conflict (account_id, unit) where unit is not null do nothing;
  update consumptions c set kept_at = c.at
  where c.user_id = v_draw ->> 'account_id' and c.id = v_unit and c.kept_at is null;
  return v_drawn || jsonb_build_object('purchase', (
    select to_jsonb(f) from free_purchases f
    where f.account_id = v_draw ->> 'account_id' and f.unit = v_unit));
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
  v_used := consume_v4(jsonb_build_object('waves', jsonb_build_array(jsonb_build_array(v_terms || jsonb_build_object(
    'n', 0, 'id', v_id, 'account_id', track_usage.user_id, 'feature', track_usage.usage_type,
    'key', v_id, 'fingerprint', 'report', 'amount', track_usage.amount, 'at', now(), 'recorded', true,
    'metadata', nullif(track_usage.metadata, '{}'), 'included_limit', v_terms -> 'limit', 'free', (
      select jsonb_agg(o.value -> 'grant' order by o.position)
      from jsonb_array_elements(v_terms -> 'offers') with ordinality o(value, position))))))) -> 0;
  if v_used ->> 'outcome' <> 'granted' then
    raise exception 'the entitlement changed meanwhile; try again' using errcode = '55P03';
  end if;
  return jsonb_build_object(
    'used', v_used -> 'used', 'limit', v_terms -> 'limit',
    'remaining', greatest(0, (v_terms ->> 'limit')::bigint - (v_used ->> 'used')::bigint)
      + (v_used ->> 'granted_left')::bigint,
    'period_start', v_terms -> 'period_start', 'period_end', v_terms -> 'period_end');
end $$;

select secure_schema_v2('{}');
