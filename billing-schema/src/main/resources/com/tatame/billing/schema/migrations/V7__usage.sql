-- What accounts use of what their plans and grants give them.

-- Whatever consumes or releases units takes the lock of the account's usage first, so that a decision counts all that
-- was used before it. A row belongs to one window; when a window ends nothing is reset, the next one has its own row.
--
-- amount: all units; of them overage: beyond the limit at a discount, full_price: beyond that; granted: out of grants.
create table usage_tracking (
  user_id      text collate "C" not null,
  period_end   timestamptz not null,
  usage_type   text collate "C" not null,
  period_start timestamptz not null,
  amount       bigint not null default 0,
  overage      bigint not null default 0,
  full_price   bigint not null default 0,
  updated_at   timestamptz not null default now(),
  granted      bigint not null default 0,
  constraint usage_tracking_pkey primary key (user_id, period_end, usage_type, period_start),
  constraint usage_tracking_amount_check check (overage >= 0 and full_price >= 0 and amount >= overage + full_price),
  constraint usage_tracking_granted_check check (granted >= 0),
  constraint usage_tracking_period_check check (period_start < period_end)
) with (fillfactor = 70);

-- What was used under which idempotency key, to answer a repeated request and to release units.
--
-- Units that a sale holds are consumptions whose id is sale_ and the id of the command that sells. They count from the
-- moment at which they were taken, and are undecided as long as they are neither kept nor released.
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
  -- [{id, amount}]: which units were drawn from which grants; and how many units all grants had left right after.
  granted          jsonb,
  granted_left     bigint not null default 0,
  -- Where the units were reported to, so that a release is reported there, whatever the plan is by then.
  meter            text collate "C",
  metered_from     timestamptz,
  kept_at          timestamptz,
  constraint consumptions_pkey primary key (user_id, idempotency_key),
  constraint consumptions_user_id_id_key unique (user_id, id),
  constraint consumptions_place_check check (place in ('included', 'overage', 'full_price')),
  constraint consumptions_amount_check check (amount > 0)
) with (fillfactor = 90);
create index consumptions_at_idx on consumptions (at);
create index consumptions_held_idx on consumptions (at, id)
  where id like 'sale\_%' and kept_at is null and released_at is null;

-- By how much setting a gauge changed it: with these and the consumptions, its value at any past instant follows from
-- the present one.
create table gauge_changes (
  user_id    text collate "C" not null,
  usage_type text collate "C" not null,
  at         timestamptz not null,
  change     bigint not null,
  constraint gauge_changes_pkey primary key (user_id, usage_type, at)
);
create index gauge_changes_at_idx on gauge_changes (at);

-- How often an account was denied by its limit on a day (UTC), for how many units, and how many units were used beyond
-- the limit because they were reported afterwards.
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

-- What was used in the present windows, beside what the plan and grants give.
create view current_usage with (security_invoker = true) as
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
  select account_terms_v1(jsonb_build_object(
    'account_id', u.user_id, 'feature', u.usage_type, 'at', now())) as terms) t
where u.period_end > now() and u.period_start <= now();

-- {account_id, now} -> {entitlement, version, open: [row], grants: [row], state: as account_states_v1}. The version
-- changes once the entitlement does, or a grant is given or revoked; consume_v1 and tier_at_v1 compute it the same way.
create function account_usage_v1(p jsonb) returns jsonb
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
      'grants', coalesce(n.open, '[]'),
      'state', account_states_v1(jsonb_build_object('accounts', jsonb_build_array(v_account), 'now', v_now))
        -> v_account)
    from (
      select ':' || count(*) || ':' || count(g.revoked_at) as mark,
        jsonb_agg(to_jsonb(g)) filter (
          where (g.expires_at is null or g.expires_at > v_now)
            and (g.revoked_at is null or g.revoked_at > v_now)) as open
      from grants g where g.user_id = v_account
      having count(*) > 0) n
    right join (select) always on true);
end $$;

-- {account_id, at} -> {known, hindsight: rows of entitlement_history, open, grants: rows}
--
-- A row of usage, or a grant, as it was then: without what was used since, and with what was released since.
create function past_usage_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
begin
  return (
    with since as materialized (
      select c.usage_type, c.period_start, c.period_end, c.place, c.amount, c.granted, m.sign
      from consumptions c
      cross join lateral (
        select case when c.at > v_at then 1 else 0 end - case when c.released_at > v_at then 1 else 0 end
          as sign) m
      where c.user_id = v_account and m.sign <> 0
    ), parts as (
      select s.usage_type, s.period_start, s.period_end, x.id, s.sign * x.amount as amount
      from since s
      cross join lateral jsonb_to_recordset(coalesce(s.granted, '[]')) as x(id text, amount bigint)
    ), windows as (
      select s.usage_type, s.period_start, s.period_end,
        sum(s.sign * s.amount) as amount,
        coalesce(sum(s.sign * s.amount) filter (where s.place = 'overage'), 0) as overage,
        coalesce(sum(s.sign * s.amount) filter (where s.place = 'full_price'), 0) as full_price,
        coalesce((
          select sum(x.amount) from parts x
          where x.usage_type = s.usage_type and x.period_start = s.period_start
            and x.period_end = s.period_end), 0) as granted
      from since s
      group by s.usage_type, s.period_start, s.period_end
    ), levels as (
      select g.usage_type, sum(g.change) as change from gauge_changes g
      where g.user_id = v_account and g.at > v_at
      group by g.usage_type
    )
    select jsonb_build_object(
      'known', (
        select to_jsonb(h) from entitlement_history h
        where h.account_id = v_account and h.recorded_at <= v_at
        order by h.recorded_at desc limit 1),
      'hindsight', (
        select to_jsonb(z)
        from (
          select h.* from entitlement_history h
          where h.account_id = v_account and h.effective_at <= v_at
          order by h.recorded_at desc limit 1) z
        where z.recorded_at > v_at),
      'open', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'usage_type', y.usage_type, 'period_start', y.period_start, 'period_end', y.period_end,
          'amount', y.included + y.overage + y.full_price + y.granted, 'overage', y.overage,
          'full_price', y.full_price, 'granted', y.granted)), '[]')
        from (
          select u.usage_type, u.period_start, u.period_end,
            greatest(0, u.amount - u.overage - u.full_price - u.granted
              - coalesce(w.amount - w.overage - w.full_price - w.granted, 0)
              - case when u.period_end = '9999-12-31T00:00:00Z' then coalesce(l.change, 0) else 0 end) as included,
            greatest(0, u.overage - coalesce(w.overage, 0)) as overage,
            greatest(0, u.full_price - coalesce(w.full_price, 0)) as full_price,
            greatest(0, u.granted - coalesce(w.granted, 0)) as granted
          from usage_tracking u
          left join windows w on w.usage_type = u.usage_type and w.period_start = u.period_start
            and w.period_end = u.period_end
          left join levels l on l.usage_type = u.usage_type
          where u.user_id = v_account and u.period_end > v_at) y),
      'grants', (
        select coalesce(jsonb_agg(
          to_jsonb(g) - 'revoked_at' - 'revoked_by' - 'revoked_reason' || jsonb_build_object(
            'used', greatest(0, g.used - coalesce((
              select sum(x.amount) from parts x where x.id = g.id), 0)))), '[]')
        from grants g
        where g.user_id = v_account and g.given_at <= v_at and (g.expires_at is null or g.expires_at > v_at)
          and (g.revoked_at is null or g.revoked_at > v_at))));
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

-- {waves: [[{n, id, account_id, feature, key, fingerprint, version, tier, period_start, period_end,
--   included_limit, free, paid, amount, at, recorded, metadata}]]}
-- -> [{n, outcome}, for what is granted now with {place, used, discount_percent, granted, granted_left}, for what
--    the key granted before with {consumption}]
--
-- A wave holds one debit of an account at most, the first one a debit of every account; it is decided and written by
-- one statement. free: grants in the order in which units are drawn, null among them for the plan's own, which alone
-- give if it is absent. paid: [{place, limit, discount_percent}]. The rule is that of UsageDebit.takenOf; what a row counts
-- in is decided as UsageRow.countsIn does it. The statement is written so that PostgreSQL neither compiles it (jit) nor
-- reads all consumptions while there are few: it knows no sizes of such sets and would take the plan for a costly one.
create function consume_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_answers jsonb := '[]';
  v_wave jsonb;
  v_part jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || z.account_id, 0))
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

-- {account_id, feature, id} -> the consumption, released or not, or null
create function find_consumption_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from consumptions c
    where c.user_id = p ->> 'account_id' and c.id = p ->> 'id' and c.usage_type = p ->> 'feature');
end $$;

-- {account_id, feature, id, now} -> the consumption, released now or before, or null. Units of grants go back to their
-- grants, also when these have ended.
create function release_consumption_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_row consumptions;
  v_granted bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || (p ->> 'account_id'), 0));
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

-- {account_id, feature, period_start, period_end, value, now} -> null
create function set_gauge_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || (p ->> 'account_id'), 0));
  select t.amount - t.overage - t.full_price - t.granted into v_before from usage_tracking t
  where t.user_id = p ->> 'account_id' and t.usage_type = p ->> 'feature'
    and t.period_end = (p ->> 'period_end')::timestamptz and t.period_start = (p ->> 'period_start')::timestamptz;
  insert into gauge_changes as t (user_id, usage_type, at, change)
  values (p ->> 'account_id', p ->> 'feature', (p ->> 'now')::timestamptz,
    (p ->> 'value')::bigint - coalesce(v_before, 0))
  on conflict (user_id, usage_type, at) do update set change = t.change + excluded.change;
  insert into usage_tracking as t (user_id, usage_type, period_start, period_end, amount)
  values (p ->> 'account_id', p ->> 'feature', (p ->> 'period_start')::timestamptz,
    (p ->> 'period_end')::timestamptz, (p ->> 'value')::bigint)
  on conflict (user_id, period_end, usage_type, period_start) do update set
    amount = excluded.amount, overage = 0, full_price = 0, granted = 0, updated_at = now();
  return null;
end $$;

-- {after: {at, id}, limit} -> units that are held, first come first
create function held_units_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := coalesce((p #>> '{after,at}')::timestamptz, '-infinity');
  v_id constant text := coalesce(p #>> '{after,id}', '');
begin
  return coalesce((
    select jsonb_agg(to_jsonb(z))
    from (
      select c.user_id, c.id, c.at from consumptions c
      where c.id like 'sale\_%' and c.kept_at is null and c.released_at is null
        and (c.at, c.id) > (v_at, v_id)
      order by c.at, c.id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {account_id, id, kept, now} -> whether this decided about the unit
create function settle_unit_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_kept constant boolean := (p ->> 'kept')::boolean;
  v_feature text;
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || (p ->> 'account_id'), 0));
  select c.usage_type into v_feature from consumptions c
  where c.user_id = p ->> 'account_id' and c.id = p ->> 'id' and c.id like 'sale\_%'
    and c.kept_at is null and c.released_at is null;
  if not found then
    return 'false';
  end if;
  if v_kept then
    update consumptions c set kept_at = (p ->> 'now')::timestamptz
    where c.user_id = p ->> 'account_id' and c.id = p ->> 'id';
  else
    perform release_consumption_v1(p || jsonb_build_object('feature', v_feature));
  end if;
  return 'true';
end $$;

-- {session, account_id} -> whether there was anything to move
create function move_usage_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_session constant text := p ->> 'session';
  v_account constant text := p ->> 'account_id';
  v_moved integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || z.account_id, 0))
  from (select x.account_id from (values (v_session), (v_account)) x(account_id) order by x.account_id) z;
  with gone as (
    delete from usage_tracking u where u.user_id = v_session returning u.*
  )
  insert into usage_tracking as t (
    user_id, usage_type, period_start, period_end, amount, overage, full_price, granted)
  select v_account, g.usage_type, g.period_start, g.period_end, g.amount, g.overage, g.full_price, g.granted
  from gone g
  on conflict (user_id, period_end, usage_type, period_start) do update set
    amount = t.amount + excluded.amount, overage = t.overage + excluded.overage,
    full_price = t.full_price + excluded.full_price, granted = t.granted + excluded.granted,
    updated_at = now();
  get diagnostics v_moved = row_count;
  -- What the account did under a key of its own stays what the key stands for.
  update consumptions c set
    user_id = v_account,
    idempotency_key = case
      when exists (
        select 1 from consumptions o where o.user_id = v_account and o.idempotency_key = c.idempotency_key)
      then v_session || ' ' || c.idempotency_key
      else c.idempotency_key
    end
  where c.user_id = v_session;
  return to_jsonb(v_moved > 0);
end $$;

-- {since} -> accounts that got usage now: of sessions claimed since then that had gone on using
create function gather_usage_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_accounts jsonb := '[]';
  v_late record;
begin
  for v_late in
    select s.id, s.claimed_by from anonymous_sessions s
    where s.claimed_at >= (p ->> 'since')::timestamptz
    order by s.claimed_at desc
    limit 1000
  loop
    if exists (select 1 from usage_tracking u where u.user_id = v_late.id) then
      perform move_usage_v1(jsonb_build_object('session', v_late.id, 'account_id', v_late.claimed_by));
      v_accounts := v_accounts || jsonb_build_array(jsonb_build_object('account_id', v_late.claimed_by));
    end if;
  end loop;
  return v_accounts;
end $$;

-- {before} -> how many were deleted. Recent releases stay, since past usage is computed from them.
create function prune_consumptions_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before constant timestamptz := (p ->> 'before')::timestamptz;
  v_gone integer;
begin
  delete from gauge_changes g where g.at < v_before;
  delete from consumptions c
  where c.at < v_before and (c.released_at is null or c.released_at < v_before);
  get diagnostics v_gone = row_count;
  return to_jsonb(v_gone);
end $$;

-- Records what was used now, by the database's clock, and never refuses.
-- Its terms and its counts are those of the server.
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
  perform pg_advisory_xact_lock(hashtextextended('usage:' || track_usage.user_id, 0));
  v_terms := account_terms_v1(jsonb_build_object(
    'account_id', track_usage.user_id, 'feature', track_usage.usage_type, 'at', now()));
  if v_terms is null or v_terms ->> 'kind' = 'flag' then
    raise exception 'no plan of the catalog counts %', track_usage.usage_type using errcode = '22023',
      hint = 'The server publishes its catalog when it starts.';
  end if;
  v_used := consume_v1(jsonb_build_object('waves', jsonb_build_array(jsonb_build_array(v_terms || jsonb_build_object(
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
