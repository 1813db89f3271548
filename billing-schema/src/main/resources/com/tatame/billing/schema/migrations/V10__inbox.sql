-- The inbox of webhook events: stored, claimed under leases, settled, retried, replayed, pruned.

-- The wide row of an event is only ever inserted; its state is in a narrow row that is deleted when it is settled.

create sequence webhook_seq;

create table webhook_events (
  seq              bigint not null default nextval('webhook_seq'),
  stripe_event_id  text collate "C" not null,
  event_type       text collate "C" not null,
  lane             text collate "C",
  livemode         boolean not null,
  api_version      text,
  provider_account text collate "C",
  created_at       timestamptz not null,
  received_at      timestamptz not null,
  -- Null once retention has removed it; the event's id is kept for good.
  raw_data         text,
  constraint webhook_events_pkey primary key (seq),
  constraint webhook_events_stripe_event_id_key unique (stripe_event_id)
);
alter sequence webhook_seq owned by webhook_events.seq;
create index webhook_events_lane_idx on webhook_events (lane, seq) where lane is not null;
-- A server that was built without lz4 keeps its own default.
do $$
begin
  alter table webhook_events alter column raw_data set compression lz4;
exception when feature_not_supported then
  null;
end $$;

-- A dead letter waits without end: next_attempt_at is infinity, so the claim's index never shows it.
create table webhook_queue (
  seq             bigint primary key,
  lane            text collate "C",
  next_attempt_at timestamptz not null,
  claim           bigint,
  retry_count     integer not null default 0,
  status          text not null default 'received',
  error           text,
  -- How often a worker let the lease run out; from the second time on the event is claimed alone.
  abandoned       integer not null default 0,
  constraint webhook_queue_status_check check (status in ('received', 'retrying', 'dead'))
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000);
create index webhook_queue_due_idx on webhook_queue (next_attempt_at, seq);

-- Events that a worker has claimed under a lease.
create table claims (
  id          bigint primary key,
  seqs        bigint[] not null,
  lease_until timestamptz not null
) with (fillfactor = 50);
create index claims_lease_idx on claims (lease_until);

-- How each event was settled.
create table webhook_log (
  seq         bigint primary key,
  claim       bigint not null,
  at          timestamptz not null,
  status      text not null,
  retry_count integer not null,
  error       text,
  constraint webhook_log_status_check check (status in ('processed', 'ignored'))
);

-- The history of events that failed or were replayed.
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

-- text -> text: a payload without its secrets, which are client secrets, ephemeral keys and addresses of pages that ask
-- for no other proof. The rest is byte for byte what was received.
create function mask_secrets_v1(p jsonb) returns jsonb
language sql immutable parallel safe security invoker set search_path = "${schema}", pg_temp as $$
  select to_jsonb(regexp_replace(
    regexp_replace(
      p #>> '{}',
      '("(?:client_secret|secret|hosted_invoice_url|invoice_pdf|receipt_url|hosted_verification_url|hosted_voucher_url|hosted_instructions_url)"\s*:\s*)"(?:[^"\\]|\\.)*"',
      '\1"***"',
      'g'),
    '("url"\s*:\s*)"https?:(?:[^"\\]|\\.)*"',
    '\1"***"',
    'g'))
$$;

-- Views mask the secrets of payloads. Only processing and replay read payloads as they came, from the table.
create view stripe_webhook_events with (security_invoker = true) as
select
  e.seq,
  e.stripe_event_id,
  e.event_type,
  case
    when q.seq is null then l.status
    when q.claim is not null then 'processing'
    else q.status
  end as status,
  case when q.seq is null then l.at end as processed_at,
  coalesce(q.retry_count, l.retry_count, 0) as retry_count,
  case when q.seq is null then l.error else q.error end as error,
  case when q.claim is null then nullif(q.next_attempt_at, 'infinity') end as next_attempt_at,
  e.livemode,
  e.api_version,
  e.provider_account,
  e.lane,
  e.created_at,
  e.received_at,
  mask_secrets_v1(to_jsonb(e.raw_data)) #>> '{}' as raw_data
from webhook_events e
left join webhook_queue q on q.seq = e.seq
left join webhook_log l on l.seq = e.seq;

-- {received_at, events: [{id, type, created_at, live, provider_account, api_version, lane}]}, and the payloads in the
-- order of the events, beside the document so that they are neither written nor parsed as JSON -> [id] of new events
create function ingest_events_v1(p jsonb, texts text[]) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_received_at constant timestamptz := (p ->> 'received_at')::timestamptz;
  v_new jsonb;
begin
  with arrived as materialized (
    select nextval('webhook_seq') as seq, x.*
    from (
      select e.*
      from rows from (
        jsonb_to_recordset(p -> 'events') as (
          id text, type text, created_at timestamptz, live boolean, provider_account text,
          api_version text, lane text),
        unnest(texts)) with ordinality
        as e(id, type, created_at, live, provider_account, api_version, lane, payload, place)
      order by e.place) x
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

-- The same for transports that send one document, with {texts: [payload]}
create function ingest_events_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  return ingest_events_v1(p - 'texts', array(select jsonb_array_elements_text(p -> 'texts')));
end $$;

-- {now, received: [{id, type, ..., u, ignored}], and units with their rows as for commit_units_v1, without
-- events}, and the payloads as for ingest_events_v1 -> {fresh: [id], waiting: [id]}. A new event whose unit u
-- is applied is processed, an ignored one ignored; all other new ones wait in the queue. A unit with
-- an event that was stored before is stale. If any row is refused, the whole call raises and nothing is stored.
--
-- Locks: events, then as everywhere. A transaction that holds a subject never waits for an event.
create function receive_events_v1(p jsonb, texts text[]) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_seqs bigint[];
  v_ids text[];
  v_lanes text[];
  v_units integer[];
  v_reasons text[];
  v_before integer[];
  v_stale integer[];
  v_waiting jsonb;
begin
  -- Numbered in the order of arrival, but inserted in the order of ids: two batches that share events
  -- would otherwise wait for each other.
  with arrived as materialized (
    select nextval('webhook_seq') as seq, x.*
    from (
      select e.*
      from rows from (
        jsonb_to_recordset(p -> 'received') as (
          id text, type text, created_at timestamptz, live boolean, provider_account text,
          api_version text, lane text, u integer, ignored text),
        unnest(texts)) with ordinality
        as e(id, type, created_at, live, provider_account, api_version, lane, u, ignored, payload, place)
      order by e.place) x
  ), stored as (
    insert into webhook_events (seq, stripe_event_id, event_type, lane, livemode, api_version,
      provider_account, created_at, received_at, raw_data)
    select a.seq, a.id, a.type, a.lane, a.live, a.api_version, a.provider_account, a.created_at,
      v_now, a.payload
    from arrived a
    order by a.id, a.seq
    on conflict (stripe_event_id) do nothing
    returning seq
  )
  select
    array_agg(a.seq) filter (where s.seq is not null), array_agg(a.id) filter (where s.seq is not null),
    array_agg(a.lane) filter (where s.seq is not null), array_agg(a.u) filter (where s.seq is not null),
    array_agg(a.ignored) filter (where s.seq is not null),
    array_agg(a.u) filter (where s.seq is null and a.u is not null)
  into v_seqs, v_ids, v_lanes, v_units, v_reasons, v_before
  from arrived a
  left join stored s on s.seq = a.seq;
  if v_seqs is null then
    return jsonb_build_object('fresh', '[]'::jsonb, 'waiting', '[]'::jsonb);
  end if;

  if p ? 'units' then
    if v_before is not null then
      -- No subject has this version.
      p := jsonb_set(p, '{units}', (
        select jsonb_agg(
          case when (x.value ->> 'u')::integer = any (v_before) then x.value || '{"version": -1}' else x.value end)
        from jsonb_array_elements(p -> 'units') as x));
    end if;
    select array_agg(x.value::integer) into v_stale
    from jsonb_array_elements_text(nullif(commit_units_v1(p) -> 'stale', 'null')) as x;
  end if;

  insert into webhook_log (seq, claim, at, status, retry_count, error)
  select a.seq, 0, v_now, case when a.reason is null then 'processed' else 'ignored' end, 0, a.reason
  from unnest(v_seqs, v_units, v_reasons) as a(seq, u, reason)
  where a.reason is not null or (a.u is not null and (v_stale is null or a.u <> all (v_stale)))
  order by a.seq;
  if v_stale is not null or array_position(v_units, null) is not null then
    with queued as (
      insert into webhook_queue (seq, lane, next_attempt_at)
      select a.seq, a.lane, v_now
      from unnest(v_seqs, v_lanes, v_units, v_reasons) as a(seq, lane, u, reason)
      where a.reason is null and (a.u is null or a.u = any (v_stale))
      order by a.seq
      returning seq
    )
    select jsonb_agg(v_ids[array_position(v_seqs, q.seq)]) into v_waiting from queued q;
  end if;
  return jsonb_build_object('fresh', to_jsonb(v_ids), 'waiting', coalesce(v_waiting, '[]'));
end $$;

-- The same for transports that send one document, with {texts: [payload]}
create function receive_events_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  return receive_events_v1(p - 'texts', array(select jsonb_array_elements_text(p -> 'texts')));
end $$;

-- {claim, max, now, lease_until} -> [{seq, id, type, payload, received_at, attempts, abandoned}], in the order of
-- arrival. It counts leases that ran out, and claims an event alone whose lease ran out twice.
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

-- {claim, now, settlements: [{seq, outcome, not_before, message}]} -> [seq that the claim lost]. Failed attempts go into
-- the event's history; a release of an event that the claim lost takes back one count of a lease that ran out.
create function settle_events_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_claim constant bigint := (p ->> 'claim')::bigint;
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_asked bigint[];
  v_held bigint[];
  v_ignored bigint[];
  v_lost jsonb;
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

  v_lost := coalesce((
    select jsonb_agg(s.seq order by s.seq) from unnest(v_asked) as s(seq)
    where v_held is null or s.seq <> all (v_held)), '[]');

  insert into webhook_attempts (seq, at, outcome, message)
  select x.seq, v_now, case x.outcome when 'retry' then 'failed' else 'dead' end, x.message
  from jsonb_to_recordset(p -> 'settlements') as x(seq bigint, outcome text, message text)
  where x.outcome in ('retry', 'dead') and not v_lost @> to_jsonb(x.seq)
  order by x.seq;

  -- A late worker that releases what another one holds by now did not crash.
  update webhook_queue q set abandoned = q.abandoned - 1
  from jsonb_to_recordset(p -> 'settlements') as x(seq bigint, outcome text)
  where q.seq = x.seq and x.outcome = 'release' and v_lost @> to_jsonb(x.seq) and q.abandoned > 0;

  return v_lost;
end $$;

-- {} -> the inbox at a glance; lately is among the last thousand events
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
      'oldest_pending_read', (select min(r.since) from pending_reads r),
      'received_lately', n.received,
      'failed_lately', n.failed,
      'last_received_at', (select e.received_at from webhook_events e order by e.seq desc limit 1))
    from (
      select count(*) as backlog, min(q.seq) as oldest,
        count(*) filter (where q.status = 'retrying' and q.claim is null) as retrying
      from webhook_queue q where q.next_attempt_at < 'infinity') b,
    (
      select count(*) as received, count(*) filter (
        where coalesce(q.retry_count, l.retry_count, 0) > 0 or q.status = 'dead') as failed
      from (select e.seq from webhook_events e order by e.seq desc limit 1000) z
      left join webhook_queue q on q.seq = z.seq
      left join webhook_log l on l.seq = z.seq) n);
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
create function stored_events_v1(p jsonb) returns jsonb
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
    select jsonb_agg(to_jsonb(z) order by z.seq desc)
    from (
      select v.seq, v.stripe_event_id, v.event_type, v.status, v.processed_at, v.retry_count, v.error,
        v.next_attempt_at, v.livemode, v.api_version, v.provider_account, v.lane, v.created_at, v.received_at
      from stripe_webhook_events v where v.seq = any (v_seqs)) z), '[]');
end $$;

-- {id} -> the event with its payload as it came and its history, or null
create function find_event_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(v) || jsonb_build_object('raw_data', e.raw_data, 'history', coalesce((
      select jsonb_agg(jsonb_build_object('at', h.at, 'outcome', h.outcome, 'message', h.message)
        order by h.at, h.id)
      from (
        select a.at, a.outcome, a.message, a.id from webhook_attempts a where a.seq = v.seq
        union all
        select l.at, l.status, l.error, 9223372036854775807 from webhook_log l where l.seq = v.seq) h), '[]'))
    from webhook_events e
    join stripe_webhook_events v on v.seq = e.seq
    where e.stripe_event_id = p ->> 'id');
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
  -- The log has the last settlement only: the one before goes into the history.
  with ended as (
    delete from webhook_log l where l.seq = any (v_seqs) and l.seq <> all (v_held)
    returning l.seq, l.at, l.status, l.error
  )
  insert into webhook_attempts (seq, at, outcome, message)
  select d.seq, d.at, d.status, d.error from ended d order by d.seq;
  insert into webhook_attempts (seq, at, outcome)
  select s.seq, v_now, 'replayed' from unnest(v_seqs) as s(seq) where s.seq <> all (v_held) order by s.seq;
  -- Pruning has passed these events: it begins with them again, since they may get payloads that are to be pruned.
  update recurring_tasks r set position = v_seqs[1] - 1
  where r.name = 'prune_events' and r.position::bigint >= v_seqs[1];

  return jsonb_build_object(
    'ids', coalesce((
      select jsonb_agg(e.stripe_event_id order by e.seq) from webhook_events e
      where e.seq = any (v_seqs) and e.seq <> all (v_held)), '[]'),
    'next', case when cardinality(v_looked_at) = v_max and not p ? 'id' then v_looked_at[v_max] end);
end $$;

-- {received_before, max} -> how many payloads were deleted, of the next events that are old enough
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
    ), its_history as (
      delete from webhook_attempts a using pruned u where a.seq = u.seq
    )
    select count(*) into v_pruned from pruned;
    v_after := v_looked_at[cardinality(v_looked_at)];
    exit when v_pruned > 0 or cardinality(v_looked_at) < v_max;
  end loop;
  update recurring_tasks r set position = v_after where r.name = 'prune_events';
  return to_jsonb(v_pruned);
end $$;
