-- Views mask what opens something in a payload. The table has payloads as they came, and only what processes or
-- replays an event reads them there.

create or replace view stripe_webhook_events with (security_invoker = true) as
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

-- As v2, without masking payloads only to leave them out
-- {status, type, lane, from, until, before, limit} -> stored events, newest first
create function stored_events_v3(p jsonb) returns jsonb
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
create function find_event_v2(p jsonb) returns jsonb
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

select secure_schema_v1('{}');
