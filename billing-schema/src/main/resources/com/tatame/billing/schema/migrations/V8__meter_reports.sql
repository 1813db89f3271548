-- Usage of metered features, on its way to the provider's meters.

-- Units of an account and a meter within an hour of a billing period. Usage adds to the open row; a row that was
-- claimed stays as it is, since it is sent to the provider under its id, maybe more than once.
--
-- Triggers on consumptions write it in the statement that counts the units: nothing can count units without reporting
-- them, and what is refused leaves nothing.
create table meter_reports (
  id             text collate "C" primary key,
  user_id        text collate "C" not null,
  meter          text collate "C" not null,
  metered_from   timestamptz not null,
  amount         bigint not null,
  used_at        timestamptz not null,
  state          text not null default 'open',
  customer_id    text collate "C",
  attempts       integer not null default 0,
  not_before     timestamptz not null default '-infinity',
  claim          bigint,
  doubtful_since timestamptz,
  deadline       timestamptz,
  error          text,
  constraint meter_reports_state_check check (state in ('open', 'sending', 'sent', 'dead', 'needs_operator'))
) with (fillfactor = 70);
create unique index meter_reports_open_idx on meter_reports (user_id, meter, metered_from) where state = 'open';
create index meter_reports_due_idx on meter_reports (deadline, not_before, id) where state in ('open', 'sending');
create index meter_reports_claim_idx on meter_reports (claim) where claim is not null;
create index meter_reports_user_idx on meter_reports (user_id, used_at, id);
create index meter_reports_state_idx on meter_reports (state, used_at, id);
create index meter_reports_used_idx on meter_reports (used_at, id);

-- {amount, granted} of a consumption -> how many of its units were not drawn from grants
create function paid_units_v1(p jsonb) returns jsonb
language sql immutable security invoker set search_path = "${schema}", pg_temp as $$
  select to_jsonb((p ->> 'amount')::bigint - coalesce((
    select sum((g ->> 'amount')::bigint) from jsonb_array_elements(nullif(p -> 'granted', 'null')) g), 0))
$$;

-- Adds the paid units of new consumptions to open reports.
create function report_consumptions_v1() returns trigger
language plpgsql security invoker set search_path = "${schema}", pg_temp as $$
begin
  if not exists (select from catalog_features f where f.meter is not null) then
    return null;
  end if;
  with candidate as materialized (
    select n.user_id, n.id, n.usage_type, n.at, paid_units_v1(to_jsonb(n))::bigint as amount
    from fresh n
    where exists (select from catalog_features f where f.feature = n.usage_type and f.meter is not null)
  ), metered as (
    select n.user_id, n.id, n.amount, n.at, f.meter,
      greatest(
        date_trunc('hour', n.at, 'UTC'),
        (window_at_v1(jsonb_build_object('kind', 'billing_period', 'cycle', s.decides #> '{source,cycle}',
          'at', n.at)) ->> 'period_start')::timestamptz) as metered_from
    from candidate n
    cross join lateral (
      select tier_at_v1(jsonb_build_object('account_id', n.user_id, 'at', n.at)) as decides) s
    join catalog_features f on f.feature = n.usage_type and f.tier = s.decides #>> '{source,tier}'
      and f.meter is not null
    where n.amount > 0 and s.decides ->> 'grant' is null
  ), marked as (
    update consumptions c set meter = m.meter, metered_from = m.metered_from
    from metered m
    where c.user_id = m.user_id and c.id = m.id
  )
  insert into meter_reports as t (id, user_id, meter, metered_from, amount, used_at)
  select (array_agg(m.id order by m.at, m.id))[1], m.user_id, m.meter, m.metered_from, sum(m.amount), min(m.at)
  from metered m
  group by m.user_id, m.meter, m.metered_from
  order by m.user_id, m.meter, m.metered_from
  on conflict (user_id, meter, metered_from) where state = 'open' do update set
    amount = t.amount + excluded.amount;
  return null;
end $$;

-- Takes released units off, by an open report of where they were reported.
create function report_release_v1() returns trigger
language plpgsql security invoker set search_path = "${schema}", pg_temp as $$
begin
  insert into meter_reports as t (id, user_id, meter, metered_from, amount, used_at)
  values (new.id || '.released', new.user_id, new.meter, new.metered_from, -paid_units_v1(to_jsonb(new))::bigint, new.at)
  on conflict (user_id, meter, metered_from) where state = 'open' do update set
    amount = t.amount + excluded.amount;
  return null;
end $$;

-- Consumptions that a move brings were reported by the store that they come from.
create trigger consumptions_reported after insert on consumptions
  referencing new table as fresh for each statement
  when (current_setting('billing.moving', true) is distinct from 'on')
  execute function report_consumptions_v1();

create trigger consumptions_release_reported after update of released_at on consumptions
  for each row when (old.released_at is null and new.released_at is not null and new.meter is not null)
  execute function report_release_v1();

-- {claim, limit, now, at, lease_until, urgent} -> [report], as they were before they were claimed
create function claim_meter_reports_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_claim constant bigint := (p ->> 'claim')::bigint;
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_urgent constant boolean := (p ->> 'urgent')::boolean;
  v_ids text[];
  v_reports jsonb;
begin
  if exists (select from meter_reports r where r.claim = v_claim) then
    -- A repeated call: what had no claim before became doubtful by this very claim.
    return (
      select jsonb_agg(
        to_jsonb(r) || jsonb_build_object(
          'doubtful_since', nullif(r.doubtful_since, (p ->> 'at')::timestamptz))
        order by r.deadline, r.not_before, r.id)
      from meter_reports r where r.claim = v_claim);
  end if;
  select array_agg(z.id), jsonb_agg(z.report) into v_ids, v_reports
  from (
    select r.id, to_jsonb(r) || jsonb_build_object(
      'state', 'sending', 'customer_id', coalesce(r.customer_id, m.stripe_customer_id)) as report
    from meter_reports r
    join stripe_customer_mapping m on m.user_id = r.user_id
    where r.state in ('open', 'sending') and r.not_before <= v_now and (not v_urgent or r.deadline is not null)
    order by r.deadline, r.not_before, r.id
    limit (p ->> 'limit')::integer
    for update of r skip locked) z;
  update meter_reports r set
    state = 'sending', claim = v_claim, not_before = (p ->> 'lease_until')::timestamptz,
    customer_id = coalesce(r.customer_id, m.stripe_customer_id),
    doubtful_since = coalesce(r.doubtful_since, (p ->> 'at')::timestamptz)
  from stripe_customer_mapping m
  where r.id = any (v_ids) and m.user_id = r.user_id;
  return coalesce(v_reports, '[]');
end $$;

-- {claim, outcomes: [{id, state, not_before, doubtful_since, error}]} -> null
create function settle_meter_reports_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_claim constant bigint := (p ->> 'claim')::bigint;
begin
  perform from meter_reports r where r.claim = v_claim order by r.id for update;
  update meter_reports r set
    state = x.state,
    claim = null,
    not_before = coalesce(x.not_before, r.not_before),
    doubtful_since = case x.state when 'sending' then x.doubtful_since else r.doubtful_since end,
    attempts = r.attempts + case when x.state = 'sending' and x.error is not null then 1 else 0 end,
    error = case when x.state = 'sending' then coalesce(x.error, r.error) else x.error end
  from jsonb_to_recordset(p -> 'outcomes') as x(
    id text, state text, not_before timestamptz, doubtful_since timestamptz, error text)
  where r.id = x.id and r.claim = v_claim;
  return null;
end $$;

-- {customer_id, until, deadline} -> how many reports are to be sent
create function hurry_meter_reports_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := (
    select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = p ->> 'customer_id');
  v_deadline constant timestamptz := (p ->> 'deadline')::timestamptz;
  v_ids text[];
begin
  if v_account is null then
    return to_jsonb(0);
  end if;
  perform pg_advisory_xact_lock(hashtextextended('usage:' || v_account, 0));
  v_ids := array(
    select r.id from meter_reports r
    where r.user_id = v_account and r.state in ('open', 'sending')
      and r.used_at < (p ->> 'until')::timestamptz
    order by r.id for update);
  update meter_reports r set
    deadline = least(r.deadline, v_deadline),
    not_before = case when r.claim is null then '-infinity' else r.not_before end
  where r.id = any (v_ids);
  return to_jsonb(cardinality(v_ids));
end $$;

-- {account_id, from, until} -> [{meter, sent, pending, dead, undecided}], by meter
create function meter_totals_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.meter)
    from (
      select r.meter,
        coalesce(sum(r.amount) filter (where r.state = 'sent'), 0) as sent,
        coalesce(sum(r.amount) filter (where r.state in ('open', 'sending')), 0) as pending,
        coalesce(sum(r.amount) filter (where r.state = 'dead'), 0) as dead,
        coalesce(sum(r.amount) filter (where r.state = 'needs_operator'), 0) as undecided
      from meter_reports r
      where r.user_id = p ->> 'account_id'
        and r.used_at >= (p ->> 'from')::timestamptz and r.used_at < (p ->> 'until')::timestamptz
      group by r.meter) z), '[]');
end $$;

-- {state, account_id, after, limit} -> the most recently used first, then by id
create function list_meter_reports_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant text := p ->> 'state';
  v_account constant text := p ->> 'account_id';
  v_limit constant integer := (p ->> 'limit')::integer;
  v_used_at timestamptz := 'infinity';
  v_id text := '';
  v_ids text[];
begin
  if p ->> 'after' is not null then
    select r.used_at, r.id into v_used_at, v_id from meter_reports r where r.id = p ->> 'after';
    if not found then
      return '[]';
    end if;
  end if;
  -- One query for each index, since a plan that is kept must suit all that is asked.
  if v_account is not null then
    v_ids := array(
      select r.id from meter_reports r
      where r.user_id = v_account and (v_state is null or r.state = v_state)
        and (r.used_at, r.id) < (v_used_at, v_id)
      order by r.used_at desc, r.id desc limit v_limit);
  elsif v_state is not null then
    v_ids := array(
      select r.id from meter_reports r
      where r.state = v_state and (r.used_at, r.id) < (v_used_at, v_id)
      order by r.used_at desc, r.id desc limit v_limit);
  else
    v_ids := array(
      select r.id from meter_reports r
      where (r.used_at, r.id) < (v_used_at, v_id)
      order by r.used_at desc, r.id desc limit v_limit);
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(r) order by r.used_at desc, r.id desc)
    from meter_reports r where r.id = any (v_ids)), '[]');
end $$;

-- {id} -> the report, or null
create function find_meter_report_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select to_jsonb(r) from meter_reports r where r.id = p ->> 'id');
end $$;

-- {id, sent} -> the report as it is now, or null if there is none that waits for a decision
create function resolve_meter_report_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_report jsonb;
begin
  update meter_reports r set
    state = case when (p ->> 'sent')::boolean then 'sent' else 'sending' end,
    not_before = '-infinity', doubtful_since = null, attempts = 0, error = null
  where r.id = p ->> 'id' and r.state in ('dead', 'needs_operator')
  returning to_jsonb(r) into v_report;
  return v_report;
end $$;

-- {at} -> {pending, unlinked, overdue, dead, undecided, oldest}
create function meter_backlog_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_build_object(
      'pending', count(*),
      'unlinked', count(*) filter (where m.user_id is null),
      'overdue', count(*) filter (where r.deadline < (p ->> 'at')::timestamptz),
      'oldest', min(r.used_at),
      'dead', (select count(*) from meter_reports d where d.state = 'dead'),
      'undecided', (select count(*) from meter_reports u where u.state = 'needs_operator'))
    from meter_reports r
    left join stripe_customer_mapping m on m.user_id = r.user_id
    where r.state in ('open', 'sending') and r.amount <> 0);
end $$;

-- {before} -> how many were deleted
create function prune_meter_reports_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_gone integer;
begin
  delete from meter_reports r where r.state = 'sent' and r.used_at < (p ->> 'before')::timestamptz;
  get diagnostics v_gone = row_count;
  return to_jsonb(v_gone);
end $$;
