-- One trial a person and plan family: what people are known by again, as keyed hashes. It names nobody, is
-- never pruned, and outlives subscriptions, customers and accounts.
create table trial_ledger (
  family                 text collate "C" not null,
  evidence_kind          text collate "C" not null,
  evidence_hash          text collate "C" not null,
  stripe_subscription_id text collate "C" not null,
  first_seen_at          timestamptz not null,
  constraint trial_ledger_pkey primary key (family, evidence_kind, evidence_hash, stripe_subscription_id),
  constraint trial_ledger_kind_check check (evidence_kind in ('account', 'email', 'card', 'tax_id')),
  constraint trial_ledger_hash_check check (evidence_hash ~ '^[0-9a-f]{64}$')
);

-- Trials, while it may still show that they are somebody's second.
create table trials (
  seq                    bigint generated always as identity,
  stripe_subscription_id text collate "C" not null,
  stripe_customer_id     text collate "C" not null,
  family                 text collate "C",
  status                 text not null,
  repeats                text[] not null,
  started_at             timestamptz not null,
  look_at                timestamptz,
  found_at               timestamptz,
  ended_at               timestamptz,
  constraint trials_pkey primary key (stripe_subscription_id),
  constraint trials_seq_key unique (seq),
  constraint trials_status_check check (status in ('watched', 'alerted', 'ended', 'over'))
) with (fillfactor = 70);
create index trials_due_idx on trials (look_at, stripe_subscription_id) where look_at is not null;
create index trials_repeated_idx on trials (seq) where found_at is not null;
create index trials_alerted_idx on trials (seq) where status = 'alerted';

-- The facts that tell of them, by when they were stored.
create index billing_events_trials_idx on billing_events (recorded_at, fact_key)
  where event_type = 'subscription.trial_started';

-- {at, key, limit} -> {trials: [{subscription_id, customer_id, started_at}], at, key}: those behind, and where
-- the next search begins. As for several_subscriptions_v1.
create function started_trials_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_limit constant integer := (p ->> 'limit')::integer;
  v_trials jsonb;
  v_keys text[];
  v_last timestamptz;
begin
  select
    jsonb_agg(jsonb_build_object(
      'subscription_id', z.subscription_id, 'customer_id', z.subject_id, 'started_at', z.occurred_at)
      order by z.recorded_at, z.fact_key),
    array_agg(z.fact_key order by z.recorded_at, z.fact_key), max(z.recorded_at)
  into v_trials, v_keys, v_last
  from (
    select e.* from billing_events e
    where e.event_type = 'subscription.trial_started'
      and (e.recorded_at, e.fact_key) >
        (coalesce((p ->> 'at')::timestamptz, '-infinity'), coalesce(p ->> 'key', ''))
    order by e.recorded_at, e.fact_key
    limit v_limit) z;
  if cardinality(v_keys) = v_limit then
    return jsonb_build_object('trials', v_trials, 'at', v_last, 'key', v_keys[v_limit]);
  end if;
  return jsonb_build_object(
    'trials', coalesce(v_trials, '[]'), 'at', now() - interval '10 minutes', 'key', '');
end $$;

-- {subscription_id, customer_id, family, status, repeats, started_at, look_at, found_at, ended_at}: one that is
-- watched, or was, stays as it is
create function watch_trial_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into trials (
    stripe_subscription_id, stripe_customer_id, family, status, repeats, started_at, look_at, found_at, ended_at)
  values (
    p ->> 'subscription_id', p ->> 'customer_id', p ->> 'family', p ->> 'status',
    array(select jsonb_array_elements_text(p -> 'repeats')), (p ->> 'started_at')::timestamptz,
    (p ->> 'look_at')::timestamptz, (p ->> 'found_at')::timestamptz, (p ->> 'ended_at')::timestamptz)
  on conflict (stripe_subscription_id) do nothing;
  select 'null'::jsonb
$$;

-- {from, and the row as for watch_trial_v1} -> whether it had the status it was to have
create function replace_trial_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update trials t
  set family = p ->> 'family', status = p ->> 'status',
    repeats = array(select jsonb_array_elements_text(p -> 'repeats')),
    look_at = (p ->> 'look_at')::timestamptz, found_at = (p ->> 'found_at')::timestamptz,
    ended_at = (p ->> 'ended_at')::timestamptz
  where t.stripe_subscription_id = p ->> 'subscription_id' and t.status = p ->> 'from';
  return to_jsonb(found);
end $$;

-- {now, limit} -> what is to be looked at, the longest due first, with the account whose customer it is
create function due_trials_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return coalesce((
    select jsonb_agg(to_jsonb(z) || jsonb_build_object('user_id', (
      select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = z.stripe_customer_id))
      order by z.look_at, z.stripe_subscription_id)
    from (
      select t.* from trials t
      where t.look_at <= (p ->> 'now')::timestamptz
      order by t.look_at, t.stripe_subscription_id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {open, before, limit} -> those that were somebody's second, the last watched first
create function repeated_trials_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before constant bigint := case when p ->> 'before' is null then 9223372036854775807 else (
    select t.seq from trials t where t.stripe_subscription_id = p ->> 'before') end;
  v_limit constant integer := (p ->> 'limit')::integer;
  v_rows jsonb;
begin
  if (p ->> 'open')::boolean then
    select jsonb_agg(to_jsonb(z)) into v_rows
    from (
      select t.* from trials t where t.status = 'alerted' and t.seq < v_before
      order by t.seq desc limit v_limit) z;
  else
    select jsonb_agg(to_jsonb(z)) into v_rows
    from (
      select t.* from trials t where t.found_at is not null and t.seq < v_before
      order by t.seq desc limit v_limit) z;
  end if;
  return (
    select coalesce(jsonb_agg(r.value || jsonb_build_object('user_id', (
      select m.user_id from stripe_customer_mapping m
      where m.stripe_customer_id = r.value ->> 'stripe_customer_id'))
      order by (r.value ->> 'seq')::bigint desc), '[]')
    from jsonb_array_elements(v_rows) as r);
end $$;

-- {subscription_id} -> the row, or null
create function find_trial_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(t) || jsonb_build_object('user_id', (
      select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = t.stripe_customer_id))
    from trials t where t.stripe_subscription_id = p ->> 'subscription_id');
end $$;

-- {} -> how many go on that are somebody's second
create function open_trials_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select to_jsonb(count(*)) from trials t where t.status = 'alerted');
end $$;

-- {family, subscription_id, started_at, marks: [{kind, hash}]}: a repetition changes nothing
create function record_trial_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into trial_ledger (family, evidence_kind, evidence_hash, stripe_subscription_id, first_seen_at)
  select distinct p ->> 'family', x.kind, x.hash, p ->> 'subscription_id', (p ->> 'started_at')::timestamptz
  from jsonb_to_recordset(p -> 'marks') as x(kind text, hash text)
  on conflict do nothing;
  select 'null'::jsonb
$$;

-- {family, marks: [{kind, hash}]} -> [{evidence_kind, evidence_hash, stripe_subscription_id, first_seen_at}]
create function seen_trials_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return coalesce((
    select jsonb_agg(to_jsonb(l) order by l.evidence_kind, l.evidence_hash, l.stripe_subscription_id)
    from jsonb_to_recordset(p -> 'marks') as x(kind text, hash text)
    join trial_ledger l on l.family = p ->> 'family' and l.evidence_kind = x.kind
      and l.evidence_hash = x.hash), '[]');
end $$;

select secure_schema_v1('{}');
