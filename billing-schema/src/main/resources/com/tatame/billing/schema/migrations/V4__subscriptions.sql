-- Subscriptions, checkouts, quotes, schedules, duplicates and trials.

create table subscriptions (
  stripe_subscription_id text collate "C" primary key,
  stripe_customer_id     text collate "C" not null,
  user_id                text collate "C",
  account_id             text collate "C",
  status                 text,
  tier                   text,
  billing_interval       text,
  items                  jsonb,
  current_period_start   timestamptz,
  current_period_end     timestamptz,
  trial_start            timestamptz,
  trial_end              timestamptz,
  cancel_at_period_end   boolean,
  cancel_at              timestamptz,
  canceled_at            timestamptz,
  cancel_reason          text,
  ended_at               timestamptz,
  collection_paused      jsonb,
  discount               jsonb,
  created_at             timestamptz,
  as_of                  timestamptz not null,
  source                 text not null,
  gone                   boolean not null default false,
  updated_at             timestamptz not null default now(),
  constraint subscriptions_source_check check (source in ('snapshot', 'read')),
  constraint subscriptions_status_check check (status in (
    'incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled')),
  constraint subscriptions_whole_check check (gone or (
    status is not null and items is not null and created_at is not null and cancel_at_period_end is not null
    and current_period_start is not null and current_period_end is not null))
) with (fillfactor = 70);
create index subscriptions_customer_idx on subscriptions (stripe_customer_id);
create index subscriptions_user_idx on subscriptions (user_id, created_at desc, stripe_subscription_id);

create table checkout_sessions (
  id                     text collate "C" primary key,
  stripe_customer_id     text collate "C",
  account_id             text collate "C",
  command_id             text collate "C",
  status                 text,
  paid                   boolean,
  url                    text,
  stripe_subscription_id text collate "C",
  expires_at             timestamptz,
  created_at             timestamptz,
  as_of                  timestamptz not null,
  source                 text not null,
  gone                   boolean not null default false,
  updated_at             timestamptz not null default now(),
  constraint checkout_sessions_source_check check (source in ('snapshot', 'read')),
  constraint checkout_sessions_status_check check (status in ('open', 'complete', 'expired')),
  constraint checkout_sessions_whole_check check (gone or (
    status is not null and paid is not null and expires_at is not null and created_at is not null))
) with (fillfactor = 80);

-- Quotes for changes of subscriptions, with the figures as they were computed.
create table subscription_quotes (
  id                     text collate "C" not null,
  user_id                text collate "C" not null,
  stripe_subscription_id text collate "C" not null,
  state                  jsonb not null,
  created_at             timestamptz not null,
  expires_at             timestamptz not null,
  command_id             text collate "C",
  constraint subscription_quotes_pkey primary key (id)
);
create index subscription_quotes_expiry_idx on subscription_quotes (expires_at);

-- Duplicate subscriptions, and how each was handled.
create table duplicate_subscriptions (
  seq                    bigint generated always as identity,
  stripe_subscription_id text collate "C" not null,
  kept_subscription_id   text collate "C" not null,
  user_id                text collate "C" not null,
  stripe_customer_id     text collate "C" not null,
  family                 text collate "C" not null,
  status                 text not null,
  found_at               timestamptz not null,
  look_at                timestamptz,
  paid                   bigint,
  refunded               bigint,
  currency               text,
  handled_at             timestamptz,
  handled_by             text,
  constraint duplicate_subscriptions_pkey primary key (stripe_subscription_id),
  constraint duplicate_subscriptions_seq_key unique (seq),
  constraint duplicate_subscriptions_status_check check (
    status in ('alerted', 'handling', 'canceled', 'over')),
  constraint duplicate_subscriptions_money_check check (
    (paid is null) = (refunded is null) and (paid is null) = (currency is null))
) with (fillfactor = 70);
create index duplicate_subscriptions_open_idx on duplicate_subscriptions (seq)
  where status in ('alerted', 'handling');
create index duplicate_subscriptions_due_idx on duplicate_subscriptions (look_at, stripe_subscription_id)
  where look_at is not null;

-- One trial a person and plan family: what a person is recognised by, as keyed hashes. It identifies no person by
-- itself, is never pruned, and outlives subscriptions, customers and accounts.
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

-- Trials that are watched, because they may turn out to be a person's second.
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

create view stripe_subscriptions with (security_invoker = true) as
select
  s.stripe_subscription_id as id,
  s.stripe_customer_id as customer_id,
  s.stripe_subscription_id as subscription_id,
  s.user_id,
  s.status,
  s.items -> 0 ->> 'price_id' as price_id,
  s.tier,
  s.billing_interval,
  s.current_period_start,
  s.current_period_end,
  s.trial_start,
  s.trial_end,
  s.cancel_at_period_end,
  s.cancel_at,
  s.canceled_at,
  s.created_at
from subscriptions s
where not s.gone;

-- {account_id, status, after, limit} -> newest first, then by id
create function list_subscriptions_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_created_at timestamptz := 'infinity';
  v_id text := '';
begin
  if p ->> 'after' is not null then
    select s.created_at, s.stripe_subscription_id into v_created_at, v_id from subscriptions s
    where s.stripe_subscription_id = p ->> 'after' and s.user_id = p ->> 'account_id';
    if not found then
      return '[]';
    end if;
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z))
    from (
      select s.* from subscriptions s
      where s.user_id = p ->> 'account_id' and not s.gone
        and (p ->> 'status' is null or s.status = p ->> 'status')
        and (s.created_at < v_created_at
          or (s.created_at = v_created_at and s.stripe_subscription_id > v_id))
      order by s.created_at desc, s.stripe_subscription_id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {account_id, id}
create function find_subscription_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(s) from subscriptions s
    where s.stripe_subscription_id = p ->> 'id' and s.user_id = p ->> 'account_id' and not s.gone);
end $$;

-- {account_id, id} -> the session or null. A checkout that an anonymous session opened belongs to the account that claimed
-- that session.
create function find_checkout_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from checkout_sessions c
    where c.id = p ->> 'id' and not c.gone
      and (c.account_id = p ->> 'account_id' or exists (
        select 1 from anonymous_sessions s
        where s.id = c.account_id and s.claimed_by = p ->> 'account_id')));
end $$;

-- {account_id} -> what is scheduled for the account's subscriptions, newest first
create function list_schedules_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(o.state order by o.created_at desc, o.id), '[]')
    from stripe_customer_mapping m
    join provider_objects o on o.state ->> 'customer_id' = m.stripe_customer_id
      and o.kind = 'subscription_schedule'
    where m.user_id = p ->> 'account_id' and not o.gone
      and o.state ->> 'status' in ('not_started', 'active'));
end $$;

-- {account_id, id, stripe_subscription_id, state, created_at, expires_at}: a repetition changes nothing
create function keep_quote_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into subscription_quotes (
    id, user_id, stripe_subscription_id, state, created_at, expires_at)
  values (p ->> 'id', p ->> 'account_id', p ->> 'stripe_subscription_id', p -> 'state',
    (p ->> 'created_at')::timestamptz, (p ->> 'expires_at')::timestamptz)
  on conflict (id) do nothing;
  select 'null'::jsonb
$$;

-- {account_id, id} -> the state, or null
create function find_quote_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select q.state from subscription_quotes q
    where q.id = p ->> 'id' and q.user_id = p ->> 'account_id');
end $$;

-- {id, command_id} -> {taking}: first, again, or refused because another command has it that was not rejected
create function take_quote_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_holder text;
  v_taking text := 'refused';
begin
  select q.command_id into v_holder from subscription_quotes q where q.id = p ->> 'id' for update;
  if found then
    if v_holder = p ->> 'command_id' then
      v_taking := 'again';
    elsif v_holder is null or exists (
      select from commands c where c.id = v_holder and c.state = 'rejected') then
      update subscription_quotes q set command_id = p ->> 'command_id' where q.id = p ->> 'id';
      v_taking := 'first';
    end if;
  end if;
  return jsonb_build_object('taking', v_taking);
end $$;

-- {before} -> how many were deleted
create function prune_quotes_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_gone integer;
begin
  delete from subscription_quotes q where q.expires_at < (p ->> 'before')::timestamptz;
  get diagnostics v_gone = row_count;
  return to_jsonb(v_gone);
end $$;

-- {at, account_id, limit} -> {accounts: [id], at, account_id}: accounts with several subscriptions behind this
-- place, and where the next search begins. A row has the time at which its transaction began and may become visible
-- much later, so the next search begins ten minutes back.
create function several_subscriptions_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := coalesce((p ->> 'at')::timestamptz, '-infinity');
  v_limit constant integer := (p ->> 'limit')::integer;
  v_accounts text[];
  v_last timestamptz;
begin
  select array_agg(z.account_id order by z.updated_at, z.account_id), max(z.updated_at)
  into v_accounts, v_last
  from (
    select t.account_id, t.updated_at from account_entitlements t
    where jsonb_array_length(t.sources) > 1
      and (t.updated_at, t.account_id) > (v_at, coalesce(p ->> 'account_id', ''))
    order by t.updated_at, t.account_id
    limit v_limit) z;
  if cardinality(v_accounts) = v_limit then
    return jsonb_build_object(
      'accounts', to_jsonb(v_accounts), 'at', v_last, 'account_id', v_accounts[v_limit]);
  end if;
  return jsonb_build_object(
    'accounts', to_jsonb(coalesce(v_accounts, '{}')), 'at', now() - interval '10 minutes', 'account_id', '');
end $$;

-- {subscription_id, kept_id, account_id, customer_id, family, status, found_at, look_at, handled_by}: one that
-- is listed stays unless it was over -> as it stands now
create function report_duplicate_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  insert into duplicate_subscriptions as t (
    stripe_subscription_id, kept_subscription_id, user_id, stripe_customer_id, family, status, found_at, look_at,
    handled_by)
  values (
    p ->> 'subscription_id', p ->> 'kept_id', p ->> 'account_id', p ->> 'customer_id', p ->> 'family',
    p ->> 'status', (p ->> 'found_at')::timestamptz, (p ->> 'look_at')::timestamptz, p ->> 'handled_by')
  on conflict (stripe_subscription_id) do update set
    kept_subscription_id = excluded.kept_subscription_id, user_id = excluded.user_id,
    stripe_customer_id = excluded.stripe_customer_id, family = excluded.family, status = excluded.status,
    found_at = excluded.found_at, look_at = excluded.look_at, paid = null, refunded = null, currency = null,
    handled_at = null, handled_by = excluded.handled_by
  where t.status = 'over';
  return (
    select to_jsonb(t) from duplicate_subscriptions t
    where t.stripe_subscription_id = p ->> 'subscription_id');
end $$;

-- {from, and the row as for report_duplicate_v1, with paid, refunded, currency, handled_at} -> whether it had
-- the status it was to have
create function replace_duplicate_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update duplicate_subscriptions t
  set kept_subscription_id = p ->> 'kept_id', status = p ->> 'status',
    look_at = (p ->> 'look_at')::timestamptz, paid = (p ->> 'paid')::bigint,
    refunded = (p ->> 'refunded')::bigint, currency = p ->> 'currency',
    handled_at = (p ->> 'handled_at')::timestamptz, handled_by = p ->> 'handled_by'
  where t.stripe_subscription_id = p ->> 'subscription_id' and t.status = p ->> 'from';
  return to_jsonb(found);
end $$;

-- {now, limit} -> what is to be looked at, the longest due first
create function due_duplicates_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.look_at, z.stripe_subscription_id)
    from (
      select t.* from duplicate_subscriptions t
      where t.look_at <= (p ->> 'now')::timestamptz
      order by t.look_at, t.stripe_subscription_id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {open, before, limit} -> the last found first
create function list_duplicates_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before constant bigint := case when p ->> 'before' is null then 9223372036854775807 else (
    select t.seq from duplicate_subscriptions t where t.stripe_subscription_id = p ->> 'before') end;
  v_limit constant integer := (p ->> 'limit')::integer;
begin
  if (p ->> 'open')::boolean then
    return coalesce((
      select jsonb_agg(to_jsonb(z) order by z.seq desc)
      from (
        select t.* from duplicate_subscriptions t
        where t.status in ('alerted', 'handling') and t.seq < v_before
        order by t.seq desc limit v_limit) z), '[]');
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.seq desc)
    from (
      select t.* from duplicate_subscriptions t where t.seq < v_before
      order by t.seq desc limit v_limit) z), '[]');
end $$;

-- {subscription_id} -> the row, or null
create function find_duplicate_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(t) from duplicate_subscriptions t
    where t.stripe_subscription_id = p ->> 'subscription_id');
end $$;

-- {} -> how many are not handled yet
create function open_duplicates_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(count(*)) from duplicate_subscriptions t where t.status in ('alerted', 'handling'));
end $$;

-- {at, key, limit} -> {trials: [{subscription_id, customer_id, started_at}], at, key}: trials behind this place, and
-- where the next search begins, as for several_subscriptions_v1
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

-- {open, before, limit} -> repeated trials, the last watched first
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

-- {} -> how many repeated trials go on
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
