-- What accounts might do at an instant that has passed.

-- By how much a level was moved when it was set: with it and the consumptions, each level is known backwards from
-- today's.
create table gauge_changes (
  user_id    text collate "C" not null,
  usage_type text collate "C" not null,
  at         timestamptz not null,
  change     bigint not null,
  constraint gauge_changes_pkey primary key (user_id, usage_type, at)
);
create index gauge_changes_at_idx on gauge_changes (at);

-- {account_id, feature, period_start, period_end, value, now} -> null
create function set_gauge_v3(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended(p ->> 'account_id', 26));
  select t.amount - t.overage - t.full_price - t.granted into v_before from usage_tracking t
  where t.user_id = p ->> 'account_id' and t.usage_type = p ->> 'feature'
    and t.period_end = (p ->> 'period_end')::timestamptz and t.period_start = (p ->> 'period_start')::timestamptz;
  insert into gauge_changes as t (user_id, usage_type, at, change)
  values (p ->> 'account_id', p ->> 'feature', (p ->> 'now')::timestamptz,
    (p ->> 'value')::bigint - coalesce(v_before, 0))
  on conflict (user_id, usage_type, at) do update set change = t.change + excluded.change;
  return set_gauge_v2(p);
end $$;

-- {account_id, at} -> {known, hindsight: rows of entitlement_history, open, grants: rows}
--
-- A row of usage, or a grant, is what it is today without what was used since, and with what was given back
-- since.
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

-- {before} -> how many were forgotten. What was given back lately stays, so that what was used before is known.
create function prune_consumptions_v2(p jsonb) returns jsonb
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

select secure_schema_v1('{}');
