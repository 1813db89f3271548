-- Locks are always taken in this order: subjects, claims, queue rows; each kind sorted.
-- Even a single query is plpgsql: a session then keeps its plan.

-- {received_at, events: [{id, type, ...}]} -> [id of each new event]
create function ingest_events_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_received_at constant timestamptz := (p ->> 'received_at')::timestamptz;
  v_new jsonb;
begin
  -- Numbered in the order of arrival, but inserted in the order of ids: two batches that share
  -- events would otherwise wait for each other.
  with arrived as materialized (
    select nextval('webhook_seq') as seq, x.*
    from (
      select e.*
      from rows from (jsonb_to_recordset(p -> 'events') as (
        id text, type text, created_at timestamptz, live boolean, provider_account text,
        api_version text, lane text, payload text)) with ordinality as e
      order by e.ordinality) x
  ), stored as (
    insert into webhook_events (seq, stripe_event_id, event_type, lane, livemode, api_version,
      provider_account, created_at, received_at, raw_data)
    select a.seq, a.id, a.type, a.lane, a.live, a.api_version, a.provider_account, a.created_at,
      v_received_at, a.payload
    from arrived a
    order by a.id, a.seq
    on conflict (stripe_event_id) do nothing
    returning seq, lane, stripe_event_id
  ), queued as (
    insert into webhook_queue (seq, lane, next_attempt_at)
    select s.seq, s.lane, v_received_at from stored s order by s.seq
  )
  select coalesce(jsonb_agg(s.stripe_event_id), '[]') into v_new from stored s;
  return v_new;
end $$;

-- {claim, max, now, lease_until} -> [{seq, id, type, payload, attempts}], in the order of arrival
create function claim_events_v1(p jsonb) returns jsonb
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
    update webhook_queue q set claim = null
    where q.seq = any (v_expired_seqs) and q.claim = any (v_expired);
    delete from claims c where c.id = any (v_expired);
  end if;

  select c.seqs into v_seqs from claims c where c.id = v_claim;
  if not found then
    select array_agg(z.seq) into v_seqs
    from (
      select q.seq from webhook_queue q
      where q.claim is null and q.next_attempt_at <= v_now
      order by q.next_attempt_at, q.seq
      limit least((p ->> 'max')::integer, 200)
      for no key update skip locked) z;
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
      'attempts', q.retry_count) order by e.seq)
    from webhook_queue q
    join webhook_events e on e.seq = q.seq
    where q.seq = any (v_seqs) and q.claim = v_claim), '[]');
end $$;

-- {claim, now, settlements: [{seq, outcome, not_before, message}]} -> [seq that the claim lost]
create function settle_events_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_claim constant bigint := (p ->> 'claim')::bigint;
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_asked bigint[];
  v_held bigint[];
  v_ignored bigint[];
begin
  select array_agg(x.seq) into v_asked from jsonb_to_recordset(p -> 'settlements') as x(seq bigint);

  perform 1 from claims c where c.id = v_claim and c.lease_until > v_now for update;
  if found then
    select array_agg(z.seq) into v_held
    from (
      select q.seq from webhook_queue q
      where q.seq = any (v_asked) and q.claim = v_claim
      order by q.seq for update) z;
  end if;

  if v_held is not null then
    select array_agg(x.seq) into v_ignored
    from jsonb_to_recordset(p -> 'settlements') as x(seq bigint, outcome text)
    where x.outcome = 'ignored' and x.seq = any (v_held);

    with gone as (
      delete from webhook_queue q where q.seq = any (v_ignored) returning q.seq, q.retry_count
    )
    insert into webhook_log (seq, claim, at, status, retry_count, error)
    select g.seq, v_claim, v_now, 'ignored', g.retry_count, x.message
    from gone g
    join jsonb_to_recordset(p -> 'settlements') as x(seq bigint, message text) on x.seq = g.seq
    order by g.seq
    on conflict (seq) do update set claim = excluded.claim, at = excluded.at, status = excluded.status,
      retry_count = excluded.retry_count, error = excluded.error;

    update webhook_queue q
    set claim = null,
      status = case x.outcome when 'retry' then 'retrying' when 'dead' then 'dead' else q.status end,
      retry_count = q.retry_count + case when x.outcome in ('retry', 'dead') then 1 else 0 end,
      error = case when x.outcome = 'release' then q.error else x.message end,
      next_attempt_at = case x.outcome
        when 'retry' then x.not_before when 'dead' then 'infinity' else q.next_attempt_at end
    from jsonb_to_recordset(p -> 'settlements')
      as x(seq bigint, outcome text, not_before timestamptz, message text)
    where q.seq = x.seq and q.seq = any (v_held) and x.outcome <> 'ignored';

    delete from claims c
    where c.id = v_claim and not exists (
      select 1 from webhook_queue q where q.seq = any (c.seqs) and q.claim = c.id);
  end if;

  return coalesce((
    select jsonb_agg(s.seq order by s.seq) from unnest(v_asked) as s(seq)
    where v_held is null or s.seq <> all (v_held)), '[]');
end $$;

-- {} -> the inbox at a glance
create function inbox_status_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_build_object(
      'backlog', b.backlog,
      'oldest_received_at', (select e.received_at from webhook_events e where e.seq = b.oldest),
      'retrying', b.retrying,
      'dead', (select count(*) from webhook_queue q where q.next_attempt_at = 'infinity'),
      'pending_reads', (select count(*) from pending_reads),
      'last_received_at', (select e.received_at from webhook_events e order by e.seq desc limit 1))
    from (
      select count(*) as backlog, min(q.seq) as oldest,
        count(*) filter (where q.status = 'retrying' and q.claim is null) as retrying
      from webhook_queue q where q.next_attempt_at < 'infinity') b);
end $$;

-- {lane, before, limit} -> stored events, newest first
create function stored_events_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_lane constant text := p ->> 'lane';
  v_before constant bigint := case
    when p ->> 'before' is null then 9223372036854775807
    else (select e.seq from webhook_events e where e.stripe_event_id = p ->> 'before') end;
  v_limit constant integer := (p ->> 'limit')::integer;
  v_seqs bigint[];
begin
  if v_lane is null then
    v_seqs := array(
      select e.seq from webhook_events e where e.seq < v_before order by e.seq desc limit v_limit);
  else
    v_seqs := array(
      select e.seq from webhook_events e where e.lane = v_lane and e.seq < v_before
      order by e.seq desc limit v_limit);
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(v) - 'raw_data' order by v.seq desc)
    from stripe_webhook_events v where v.seq = any (v_seqs)), '[]');
end $$;
