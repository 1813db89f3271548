-- What operators do with the inbox: look, replay, prune. And what is done now and then by one node at a time.

-- How often a worker let the lease run out; from the second time on the event is claimed alone.
alter table webhook_queue add column abandoned integer not null default 0;

-- A payload is forgotten after a while; the event's id never is.
alter table webhook_events alter column raw_data drop not null;

create table webhook_attempts (
  id      bigint generated always as identity primary key,
  seq     bigint not null,
  at      timestamptz not null,
  outcome text not null,
  message text,
  constraint webhook_attempts_outcome_check check (outcome in (
    'failed', 'abandoned', 'dead', 'replayed', 'processed', 'ignored'))
);
create index webhook_attempts_seq_idx on webhook_attempts (seq, id);

create table recurring_tasks (
  name        text collate "C" primary key,
  position    text,
  next_at     timestamptz not null,
  runner      text collate "C",
  lease_until timestamptz
) with (fillfactor = 50);

-- As claim_events_v1; counts leases that ran out, and hands out alone what ended its workers twice.
-- {claim, max, now, lease_until} -> [{seq, id, type, payload, received_at, attempts, abandoned}], in the order of arrival
create function claim_events_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_claim constant bigint := (p ->> 'claim')::bigint;
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_expired bigint[];
  v_expired_seqs bigint[];
  v_seqs bigint[];
begin
  -- A claim that is lost in a crash is a lease that runs out: no need to wait for the disk.
  perform set_config('synchronous_commit', 'off', true);

  select array_agg(z.id), array_agg(z.seq order by z.seq)
  into v_expired, v_expired_seqs
  from (
    select c.id, unnest(c.seqs) as seq
    from (
      select e.id, e.seqs from claims e where e.lease_until <= v_now
      order by e.id for update skip locked) c) z;
  if v_expired is not null then
    perform 1 from webhook_queue q
    where q.seq = any (v_expired_seqs) and q.claim = any (v_expired)
    order by q.seq for no key update;
    with freed as (
      update webhook_queue q set claim = null, abandoned = q.abandoned + 1
      where q.seq = any (v_expired_seqs) and q.claim = any (v_expired)
      returning q.seq
    )
    insert into webhook_attempts (seq, at, outcome, message)
    select f.seq, v_now, 'abandoned', 'its worker did not come back' from freed f order by f.seq;
    delete from claims c where c.id = any (v_expired);
  end if;

  select c.seqs into v_seqs from claims c where c.id = v_claim;
  if not found then
    select array_agg(z.seq) filter (where not z.alone or z.place = 1)
    into v_seqs
    from (
      select x.seq, row_number() over (order by x.next_attempt_at, x.seq) as place,
        -- Either the first is one of these, and then it is all there is; or none of them is taken.
        x.abandoned > 1 or first_value(x.abandoned) over (order by x.next_attempt_at, x.seq) > 1 as alone
      from (
        select q.seq, q.next_attempt_at, q.abandoned from webhook_queue q
        where q.claim is null and q.next_attempt_at <= v_now
        order by q.next_attempt_at, q.seq
        limit least((p ->> 'max')::integer, 200)
        for no key update skip locked) x) z;
    if v_seqs is null then
      return '[]';
    end if;
    insert into claims (id, seqs, lease_until)
    values (v_claim, v_seqs, (p ->> 'lease_until')::timestamptz)
    on conflict (id) do nothing;
    if found then
      update webhook_queue q set claim = v_claim where q.seq = any (v_seqs);
    else
      -- The same claim was on its way: this one is its repetition.
      select c.seqs into v_seqs from claims c where c.id = v_claim;
    end if;
  end if;

  return coalesce((
    select jsonb_agg(jsonb_build_object(
      'seq', e.seq, 'id', e.stripe_event_id, 'type', e.event_type, 'payload', e.raw_data,
      'received_at', e.received_at, 'attempts', q.retry_count, 'abandoned', q.abandoned) order by e.seq)
    from webhook_queue q
    join webhook_events e on e.seq = q.seq
    where q.seq = any (v_seqs) and q.claim = v_claim), '[]');
end $$;

-- As settle_events_v1; failed attempts are remembered.
-- {claim, now, settlements: [{seq, outcome, not_before, message}]} -> [seq that the claim lost]
create function settle_events_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_lost constant jsonb := settle_events_v1(p);
begin
  insert into webhook_attempts (seq, at, outcome, message)
  select x.seq, (p ->> 'now')::timestamptz, case x.outcome when 'retry' then 'failed' else 'dead' end, x.message
  from jsonb_to_recordset(p -> 'settlements') as x(seq bigint, outcome text, message text)
  where x.outcome in ('retry', 'dead') and not v_lost @> to_jsonb(x.seq)
  order by x.seq;
  return v_lost;
end $$;

-- {} -> the inbox at a glance
create function inbox_status_v2(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return inbox_status_v1(p) || (
    select jsonb_build_object(
      'oldest_pending_read', (select min(r.since) from pending_reads r),
      'received_lately', count(*),
      'failed_lately', count(*) filter (
        where coalesce(q.retry_count, l.retry_count, 0) > 0 or q.status = 'dead'))
    from (select e.seq from webhook_events e order by e.seq desc limit 1000) z
    left join webhook_queue q on q.seq = z.seq
    left join webhook_log l on l.seq = z.seq);
end $$;

-- {at} -> the first seq that was received at this instant or later. Events are received in the order of
-- their numbers, as far as the clocks of the nodes agree; the caller leaves a margin.
create function seq_at_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
  v_low bigint;
  v_high bigint;
  v_middle bigint;
  v_seq bigint;
  v_received_at timestamptz;
begin
  select min(e.seq), max(e.seq) + 1 into v_low, v_high from webhook_events e;
  while v_low < v_high loop
    v_middle := v_low + (v_high - v_low) / 2;
    select e.seq, e.received_at into v_seq, v_received_at from webhook_events e
    where e.seq >= v_middle order by e.seq limit 1;
    if v_received_at < v_at then
      v_low := v_seq + 1;
    else
      v_high := v_middle;
    end if;
  end loop;
  return to_jsonb(coalesce(v_low, 0));
end $$;

-- {status, type, lane, from, until, before, limit} -> stored events, newest first
create function stored_events_v2(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_status constant text := p ->> 'status';
  v_type constant text := p ->> 'type';
  v_lane constant text := p ->> 'lane';
  v_from constant timestamptz := coalesce((p ->> 'from')::timestamptz, '-infinity');
  v_until constant timestamptz := coalesce((p ->> 'until')::timestamptz, 'infinity');
  v_margin constant interval := '10 minutes';
  v_limit constant integer := (p ->> 'limit')::integer;
  v_low bigint := 0;
  v_high bigint := 9223372036854775807;
  v_seqs bigint[];
begin
  if p ->> 'from' is not null then
    v_low := seq_at_v1(jsonb_build_object('at', v_from - v_margin))::bigint;
  end if;
  if p ->> 'until' is not null then
    v_high := seq_at_v1(jsonb_build_object('at', v_until + v_margin))::bigint;
  end if;
  if p ->> 'before' is not null then
    v_high := least(v_high, (
      select e.seq from webhook_events e where e.stripe_event_id = p ->> 'before'));
    if not exists (select 1 from webhook_events e where e.stripe_event_id = p ->> 'before') then
      return '[]';
    end if;
  end if;
  if v_status in ('received', 'processing', 'retrying', 'dead') then
    v_seqs := array(
      select q.seq from webhook_queue q
      join webhook_events e on e.seq = q.seq
      where q.seq >= v_low and q.seq < v_high
        and case when q.claim is not null then 'processing' else q.status end = v_status
        and (v_type is null or e.event_type = v_type) and (v_lane is null or e.lane = v_lane)
        and e.received_at >= v_from and e.received_at < v_until
      order by q.seq desc limit v_limit);
  elsif v_lane is not null then
    v_seqs := array(
      select e.seq from webhook_events e
      left join webhook_log l on v_status is not null and l.seq = e.seq
      where e.lane = v_lane and e.seq >= v_low and e.seq < v_high
        and (v_type is null or e.event_type = v_type)
        and e.received_at >= v_from and e.received_at < v_until
        and (v_status is null or (
          l.status = v_status and not exists (select 1 from webhook_queue q where q.seq = e.seq)))
      order by e.seq desc limit v_limit);
  else
    v_seqs := array(
      select e.seq from webhook_events e
      left join webhook_log l on v_status is not null and l.seq = e.seq
      where e.seq >= v_low and e.seq < v_high
        and (v_type is null or e.event_type = v_type)
        and e.received_at >= v_from and e.received_at < v_until
        and (v_status is null or (
          l.status = v_status and not exists (select 1 from webhook_queue q where q.seq = e.seq)))
      order by e.seq desc limit v_limit);
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(v) - 'raw_data' order by v.seq desc)
    from stripe_webhook_events v where v.seq = any (v_seqs)), '[]');
end $$;

-- {id} -> the event with its payload and its history, or null
create function find_event_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(v) || jsonb_build_object('history', coalesce((
      select jsonb_agg(jsonb_build_object('at', h.at, 'outcome', h.outcome, 'message', h.message)
        order by h.at, h.id)
      from (
        select a.at, a.outcome, a.message, a.id from webhook_attempts a where a.seq = v.seq
        union all
        select l.at, l.status, l.error, 9223372036854775807 from webhook_log l where l.seq = v.seq) h), '[]'))
    from stripe_webhook_events v
    where v.seq = (select e.seq from webhook_events e where e.stripe_event_id = p ->> 'id'));
end $$;

-- {id} or {dead: true} or {from, until, type}, and {after, max, now} -> {ids, next}
create function replay_events_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_max constant integer := (p ->> 'max')::integer;
  v_after bigint := (p ->> 'after')::bigint;
  v_last bigint;
  v_looked_at bigint[];
  v_seqs bigint[];
  v_held bigint[];
begin
  if p ? 'id' then
    v_looked_at := array(
      select e.seq from webhook_events e where e.stripe_event_id = p ->> 'id' and e.seq > v_after);
  elsif p ? 'dead' then
    v_looked_at := array(
      select q.seq from webhook_queue q
      where q.next_attempt_at = 'infinity' and q.seq > v_after order by q.seq limit v_max);
  else
    v_after := greatest(v_after,
      seq_at_v1(jsonb_build_object('at', (p ->> 'from')::timestamptz - interval '10 minutes'))::bigint - 1);
    v_last := seq_at_v1(jsonb_build_object('at', (p ->> 'until')::timestamptz + interval '10 minutes'))::bigint;
    v_looked_at := array(
      select e.seq from webhook_events e where e.seq > v_after and e.seq < v_last order by e.seq limit v_max);
  end if;

  v_seqs := array(
    select e.seq from webhook_events e
    where e.seq = any (v_looked_at) and e.raw_data is not null
      and (p ? 'id' or p ? 'dead' or (
        e.received_at >= (p ->> 'from')::timestamptz and e.received_at < (p ->> 'until')::timestamptz
        and (p ->> 'type' is null or e.event_type = p ->> 'type')))
    order by e.seq);
  perform 1 from webhook_queue q where q.seq = any (v_seqs) order by q.seq for no key update;
  v_held := array(select q.seq from webhook_queue q where q.seq = any (v_seqs) and q.claim is not null);
  insert into webhook_queue as t (seq, lane, next_attempt_at)
  select e.seq, e.lane, v_now from webhook_events e
  where e.seq = any (v_seqs) and e.seq <> all (v_held)
  order by e.seq
  on conflict (seq) do update set
    next_attempt_at = excluded.next_attempt_at, status = 'received', retry_count = 0, abandoned = 0
  where t.claim is null;
  -- How it ended before becomes a part of its history: the log tells only of the last time.
  with ended as (
    delete from webhook_log l where l.seq = any (v_seqs) and l.seq <> all (v_held)
    returning l.seq, l.at, l.status, l.error
  )
  insert into webhook_attempts (seq, at, outcome, message)
  select d.seq, d.at, d.status, d.error from ended d order by d.seq;
  insert into webhook_attempts (seq, at, outcome)
  select s.seq, v_now, 'replayed' from unnest(v_seqs) as s(seq) where s.seq <> all (v_held) order by s.seq;
  -- What was pruned past may hold payloads again that are to be pruned.
  update recurring_tasks r set position = v_seqs[1] - 1
  where r.name = 'prune_events' and r.position::bigint >= v_seqs[1];

  return jsonb_build_object(
    'ids', coalesce((
      select jsonb_agg(e.stripe_event_id order by e.seq) from webhook_events e
      where e.seq = any (v_seqs) and e.seq <> all (v_held)), '[]'),
    'next', case when cardinality(v_looked_at) = v_max and not p ? 'id' then v_looked_at[v_max] end);
end $$;

-- {received_before, max} -> how many payloads were forgotten, of the next events that are old enough
create function prune_events_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before constant timestamptz := (p ->> 'received_before')::timestamptz;
  v_max constant integer := (p ->> 'max')::integer;
  v_after bigint;
  v_looked_at bigint[];
  v_pruned bigint := 0;
begin
  insert into recurring_tasks (name, position, next_at) values ('prune_events', '0', '-infinity')
  on conflict (name) do nothing;
  select r.position::bigint into v_after from recurring_tasks r where r.name = 'prune_events' for update;
  loop
    v_looked_at := array(
      select z.seq
      from (
        select e.seq, e.received_at from webhook_events e
        where e.seq > v_after order by e.seq limit v_max) z
      where z.received_at < v_before order by z.seq);
    exit when cardinality(v_looked_at) = 0;
    with pruned as (
      update webhook_events e set raw_data = null
      where e.seq = any (v_looked_at) and e.raw_data is not null
        and not exists (select 1 from webhook_queue q where q.seq = e.seq)
      returning e.seq
    ), forgotten as (
      delete from webhook_attempts a using pruned u where a.seq = u.seq
    )
    select count(*) into v_pruned from pruned;
    v_after := v_looked_at[cardinality(v_looked_at)];
    exit when v_pruned > 0 or cardinality(v_looked_at) < v_max;
  end loop;
  update recurring_tasks r set position = v_after where r.name = 'prune_events';
  return to_jsonb(v_pruned);
end $$;

-- {name, runner, now, lease_until} -> {position} if it is due and nobody else runs it, else null
create function begin_task_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_turn jsonb;
begin
  insert into recurring_tasks (name, next_at) values (p ->> 'name', '-infinity') on conflict (name) do nothing;
  update recurring_tasks r set runner = p ->> 'runner', lease_until = (p ->> 'lease_until')::timestamptz
  where r.name = p ->> 'name' and r.next_at <= v_now
    and (r.runner is null or r.runner = p ->> 'runner' or r.lease_until <= v_now)
  returning jsonb_build_object('position', r.position) into v_turn;
  return v_turn;
end $$;

-- {name, runner, position, next_at} -> whether the runner still had it
create function end_task_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update recurring_tasks r
  set position = p ->> 'position', next_at = (p ->> 'next_at')::timestamptz, runner = null, lease_until = null
  where r.name = p ->> 'name' and r.runner = p ->> 'runner';
  return to_jsonb(found);
end $$;

select secure_schema_v1('{}');
