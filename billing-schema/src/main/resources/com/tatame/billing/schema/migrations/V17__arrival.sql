-- Events that are applied in the very commit that stores them; and what is done for every event, done cheaper.

-- As ingest_events_v1, with the payloads beside the document, in the order of its events: nobody then has to
-- write them as JSON and to read them again.
create function ingest_events_v2(p jsonb, texts text[]) returns jsonb
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

-- The same for transports that send one document: {…, texts: [payload]}
create function ingest_events_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  return ingest_events_v2(p - 'texts', array(select jsonb_array_elements_text(p -> 'texts')));
end $$;

-- {table, wanted: [id], or of provider_objects [{kind, id}]} -> its rows, or null
create function wanted_rows_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_table constant text := p ->> 'table';
  v_ids text[];
begin
  if v_table = 'provider_objects' then
    return (
      select jsonb_agg(to_jsonb(t))
      from jsonb_to_recordset(p -> 'wanted') as o(kind text, id text)
      join lateral (
        select x.* from provider_objects x where x.kind = o.kind and x.id = o.id limit 1) t on true);
  end if;
  v_ids := array(select jsonb_array_elements_text(p -> 'wanted'));
  if v_table = 'customers' then
    return (select jsonb_agg(to_jsonb(t)) from customers t where t.id = any (v_ids));
  elsif v_table = 'checkout_sessions' then
    return (select jsonb_agg(to_jsonb(t)) from checkout_sessions t where t.id = any (v_ids));
  elsif v_table = 'products' then
    return (select jsonb_agg(to_jsonb(t)) from products t where t.id = any (v_ids));
  elsif v_table = 'prices' then
    return (select jsonb_agg(to_jsonb(t)) from prices t where t.id = any (v_ids));
  end if;
  return (
    select jsonb_object_agg(m.user_id, m.stripe_customer_id) from stripe_customer_mapping m
    where v_table = 'accounts' and m.user_id = any (v_ids));
end $$;

-- As load_subjects_v2. It looks only into the tables that something is wanted of: opening one costs more than
-- finding a row in it.
create function load_subjects_v3(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  -- One statement, so one snapshot, in which stable functions look, too: the version and the rows belong together.
  return (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'subject', w.subject,
      'version', (select s.version from subjects s where s.id = w.subject),
      'subscriptions', (
        select jsonb_agg(to_jsonb(t)) from subscriptions t
        where t.stripe_customer_id = w.subject
          or t.stripe_subscription_id = any (array(select jsonb_array_elements_text(w.wanted -> 'subscriptions')))),
      'stripe_invoices', (
        select jsonb_agg(to_jsonb(t)) from stripe_invoices t
        where (t.stripe_customer_id = w.subject and t.status = 'open' and not t.gone)
          or t.stripe_invoice_id = any (array(select jsonb_array_elements_text(w.wanted -> 'stripe_invoices')))),
      'customers', case when w.wanted ? 'customers' then
        wanted_rows_v1(jsonb_build_object('table', 'customers', 'wanted', w.wanted -> 'customers')) end,
      'checkout_sessions', case when w.wanted ? 'checkout_sessions' then
        wanted_rows_v1(jsonb_build_object(
          'table', 'checkout_sessions', 'wanted', w.wanted -> 'checkout_sessions')) end,
      'products', case when w.wanted ? 'products' then
        wanted_rows_v1(jsonb_build_object('table', 'products', 'wanted', w.wanted -> 'products')) end,
      'prices', case when w.wanted ? 'prices' then
        wanted_rows_v1(jsonb_build_object('table', 'prices', 'wanted', w.wanted -> 'prices')) end,
      'provider_objects', case when w.wanted ? 'provider_objects' then
        wanted_rows_v1(jsonb_build_object('table', 'provider_objects', 'wanted', w.wanted -> 'provider_objects')) end,
      'customer_of', case when jsonb_array_length(w.wanted -> 'accounts') > 0 then
        wanted_rows_v1(jsonb_build_object('table', 'accounts', 'wanted', w.wanted -> 'accounts')) end,
      'linked', m.user_id,
      'entitlement', (select to_jsonb(t) from account_entitlements t where t.account_id = m.user_id)))), '[]')
    from (select e.value ->> 'subject' as subject, e.value as wanted from jsonb_array_elements(p) as e) w
    left join lateral (
      select x.user_id from stripe_customer_mapping x where x.stripe_customer_id = w.subject) m on true);
end $$;

-- {now, received: [{id, type, ..., u, ignored}], and units with their rows as for commit_units_v2, without
-- events}, and the payloads as for ingest_events_v2 -> {fresh: [id], waiting: [id]}. A new event whose unit u
-- is applied is processed, an ignored one ignored; all other new ones wait in the queue. A unit that tells of
-- an event that was stored before is stale. If any row is refused, the whole call raises and nothing is stored.
--
-- Locks: events, then as everywhere. Whoever holds a subject never waits for an event.
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
    from jsonb_array_elements_text(nullif(commit_units_v2(p) -> 'stale', 'null')) as x;
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

create function receive_events_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  return receive_events_v1(p - 'texts', array(select jsonb_array_elements_text(p -> 'texts')));
end $$;

select secure_schema_v1('{}');
