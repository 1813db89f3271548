-- Events out: each account's stream of ledger entries, and who has received how much of it.

-- The stream of one account. Entries are numbered in the order of their commits, without a gap: a
-- transaction that appends holds this row until its commit. Locks: after subjects, usage and events; subscribers come last.
create table event_streams (
  account_id      text collate "C" primary key,
  seq             bigint not null default 0,
  -- The latest time of an entry, and the same before the last append.
  occurred_at     timestamptz,
  occurred_before timestamptz,
  -- The entitlement as it was last published, how often it was marked as possibly changed, and when, by the billing
  -- clock, it is to be compared again.
  decided         jsonb,
  marks           bigint not null default 0,
  examine_at      timestamptz
) with (fillfactor = 70);
create index event_streams_examine_idx on event_streams (examine_at) where examine_at is not null;

-- Within an epoch transactions have numbers of one database: a restore, or a move to another store, begins a new one.
create table event_epochs (
  one          boolean primary key default true,
  epoch        integer not null default 1,
  id           text collate "C" not null default gen_random_uuid()::text,
  database     text,
  -- Entries up to here have been pruned.
  pruned_epoch integer not null default 0,
  pruned_tx    xid8 not null default '0',
  constraint event_epochs_one_check check (one)
);

alter table billing_events
  add column seq   bigint,
  add column epoch integer,
  add column tx    xid8,
  -- Whether the account had an entry of a later time already.
  add column late  boolean,
  -- The account right after this entry; null once pruned.
  add column state jsonb,
  drop constraint billing_events_cause_check,
  add constraint billing_events_cause_check
    check (cause in ('event', 'read', 'import', 'reconciliation', 'decision'));
create unique index billing_events_stream_idx on billing_events (account_id, seq) where seq is not null;
create index billing_events_feed_idx on billing_events (epoch, tx, account_id, seq) where state is not null;
-- For sending again what was appended since some time: rows are appended in its order.
create index billing_events_recorded_idx on billing_events using brin (recorded_at);
drop index billing_events_subject_idx;
drop index billing_events_subscription_idx;

-- Who receives the entries: a program's handler, or an endpoint.
create table subscribers (
  name          text collate "C" primary key,
  kind          text not null,
  created_at    timestamptz not null,
  -- For which request everything since some time was sent again last.
  last_replay   text collate "C",
  -- Failed deliveries in a row, whatever their accounts; with many, a single account is tried at a time.
  failures      integer not null default 0,
  failing_since timestamptz,
  probe_at      timestamptz,
  constraint subscribers_kind_check check (kind in ('handler', 'endpoint'))
) with (fillfactor = 70);

create table event_endpoints (
  name             text collate "C" primary key,
  url              text not null,
  description      text,
  types            text[],
  active           boolean not null,
  -- Sealed. The previous one signs, too, until it expires.
  secret           text not null,
  previous_secret  text,
  previous_expires timestamptz
);

-- How much of an account's stream a subscriber has received. due_at is null if that is all.
create table subscriber_positions (
  subscriber  text collate "C" not null,
  account_id  text collate "C" not null,
  seq         bigint not null,
  due_at      timestamptz,
  -- When the oldest entry was appended that it has not received.
  since       timestamptz,
  attempts    integer not null default 0,
  error       text,
  blocked     boolean not null default false,
  -- How often a person decided about an entry that had failed.
  released    integer not null default 0,
  claim       text collate "C",
  lease_until timestamptz,
  constraint subscriber_positions_pkey primary key (subscriber, account_id)
) with (fillfactor = 70);
create index subscriber_positions_due_idx on subscriber_positions (subscriber, due_at) where due_at is not null;

-- What endpoints answered.
create table delivery_attempts (
  id         bigint generated always as identity primary key,
  subscriber text collate "C" not null,
  account_id text collate "C" not null,
  seq        bigint not null,
  event_id   text collate "C" not null,
  at         timestamptz not null,
  millis     integer not null,
  status     integer,
  error      text
);
create index delivery_attempts_subscriber_idx on delivery_attempts (subscriber, id);
create index delivery_attempts_at_idx on delivery_attempts (at);

-- {} -> which database this is: another one after a restore
create function database_identity_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_cluster text;
begin
  begin
    select s.system_identifier || ':' || c.timeline_id into v_cluster
    from pg_control_system() s, pg_control_checkpoint() c;
  exception when insufficient_privilege then
    v_cluster := '';
  end;
  return to_jsonb(v_cluster || ':' || (select d.oid from pg_database d where d.datname = current_database())
    || ':' || '"${schema}"'::regnamespace::oid);
end $$;

-- {} -> the number of the present epoch, which stays the present one until the caller's commit
create function hold_event_epoch_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('store:${schema}', 0));
  return (select to_jsonb(e.epoch) from event_epochs e);
end $$;

-- {} -> null. Cursors of before are no longer answered. All writers have ended by then, so that none appends to the
-- epoch before.
create function begin_event_epoch_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform lock_store_v1('{}');
  update event_epochs e set epoch = e.epoch + 1, id = gen_random_uuid()::text,
    database = database_identity_v1('{}') #>> '{}'
  where e.one;
  return null;
end $$;

insert into event_epochs (database) values (database_identity_v1('{}') #>> '{}');

-- {} -> whether the database turned out to be another one, and a new epoch began
create function check_event_epoch_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  if exists (select from event_epochs e where e.database = database_identity_v1('{}') #>> '{}') then
    return 'false';
  end if;
  perform lock_store_v1('{}');
  -- Another node may have been first.
  if exists (select from event_epochs e where e.database = database_identity_v1('{}') #>> '{}') then
    return 'false';
  end if;
  perform begin_event_epoch_v1('{}');
  return 'true';
end $$;

-- {accounts: [id], now} -> {account: state}: what an entry shows of its account
create function event_states_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_object_agg(a.id, jsonb_build_object(
      'tier', (select t.decided ->> 'tier' from event_streams t where t.account_id = a.id),
      'subscriptions', coalesce((
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
          'id', s.stripe_subscription_id,
          'status', s.status,
          'tier', s.tier,
          'interval', s.billing_interval,
          'quantity', (s.items -> 0 ->> 'quantity')::bigint,
          'current_period_end', s.current_period_end,
          'trial_end', s.trial_end,
          'ends_at', coalesce(s.cancel_at, case when s.cancel_at_period_end then s.current_period_end end)))
          order by s.stripe_subscription_id)
        from stripe_customer_mapping m
        join subscriptions s on s.stripe_customer_id = m.stripe_customer_id
        where m.user_id = a.id and not s.gone and s.status not in ('canceled', 'incomplete_expired')), '[]'),
      'grants', coalesce((
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
          'id', g.id, 'tier', g.tier, 'feature', g.feature, 'units', g.units, 'starts_at', g.starts_at,
          'expires_at', g.expires_at)) order by g.id)
        from grants g
        where g.user_id = a.id and g.revoked_at is null
          and (g.expires_at is null or g.expires_at > (p ->> 'now')::timestamptz)), '[]')))
    from jsonb_array_elements_text(p -> 'accounts') as a(id));
end $$;

-- {now, streams: [{account_id, facts, occurred_at, examine}]} -> {account: {seq, occurred_before, state}}: makes room
-- for so many entries, and marks the accounts for all subscribers. seq is the number of the last of them.
create function advance_streams_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_accounts jsonb;
  v_streams jsonb;
  v_states jsonb;
begin
  with advanced as (
    insert into event_streams as t (account_id, seq, occurred_at, marks, examine_at)
    select x.account_id, x.facts, x.occurred_at, case when x.examine then 1 else 0 end,
      case when x.examine then timestamptz '-infinity' end
    from jsonb_to_recordset(p -> 'streams') as x(
      account_id text, facts bigint, occurred_at timestamptz, examine boolean)
    order by x.account_id
    on conflict (account_id) do update set
      seq = t.seq + excluded.seq, occurred_before = t.occurred_at,
      occurred_at = greatest(t.occurred_at, excluded.occurred_at),
      marks = t.marks + excluded.marks, examine_at = least(t.examine_at, excluded.examine_at)
    returning t.account_id, t.seq, t.occurred_before
  )
  select jsonb_object_agg(a.account_id, jsonb_build_object('seq', a.seq, 'occurred_before', a.occurred_before))
  into v_streams
  from advanced a;
  select jsonb_agg(x.account_id) into v_accounts
  from jsonb_to_recordset(p -> 'streams') as x(account_id text, facts bigint)
  where x.facts > 0;
  if v_accounts is null then
    return v_streams;
  end if;
  v_states := event_states_v1(jsonb_build_object('now', v_now, 'accounts', v_accounts));
  if exists (select from subscribers) then
    insert into subscriber_positions as t (subscriber, account_id, seq, due_at, since)
    select s.name, x.account_id, (v_streams -> x.account_id ->> 'seq')::bigint - x.facts, v_now, v_now
    from jsonb_to_recordset(p -> 'streams') as x(account_id text, facts bigint)
    cross join subscribers s
    where x.facts > 0
    order by s.name, x.account_id
    on conflict (subscriber, account_id) do update set due_at = excluded.due_at, since = excluded.since
    where t.due_at is null;
  end if;
  return (
    select jsonb_object_agg(x.key, x.value || jsonb_build_object('state', v_states -> x.key))
    from jsonb_each(v_streams) as x);
end $$;

-- {now, facts: [row], entitlements: [{u, account_id, examine}], published: [{u, customer}], bad: [u]} -> null, without
-- the units that are bad. A fact that was appended before is left out. What is to be published is shown by the unit's
-- own entry, or else looked at later.
create function append_facts_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_epoch constant integer := hold_event_epoch_v1('{}')::integer;
  v_bad constant integer[] := case when p ? 'bad' then array(
    select x.value::integer from jsonb_array_elements_text(p -> 'bad') as x) end;
  v_stated bigint;
  v_inserted bigint;
  v_advanced bigint;
begin
  with stated as materialized (
    select z.*,
      row_number() over (partition by z.account_id order by z.u, z.occurred_at, z.fact_key) as place,
      count(*) over (partition by z.account_id) as facts,
      max(z.occurred_at) over (
        partition by z.account_id order by z.u, z.occurred_at, z.fact_key
        rows between unbounded preceding and 1 preceding) as before
    from (
      select distinct on (x.fact_key) x.u, x.fact_key, x.subject_id, x.subscription_id, x.stripe_event_id,
        x.event_type, x.amount, x.currency, x.status, x.occurred_at, x.cause, x.command_id, x.terms, x.details,
        coalesce(
          x.account_id,
          (select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = x.subject_id),
          (select coalesce(
              (select n.user_id from stripe_customer_mapping n
               where n.stripe_customer_id = o.state ->> 'customer_id'),
              o.state ->> 'account')
           from provider_objects o where o.kind = 'payment_intent' and o.id = x.subject_id)) as account_id
      from jsonb_to_recordset(p -> 'facts') as x(
        u integer, fact_key text, account_id text, subject_id text, subscription_id text, stripe_event_id text,
        event_type text, amount bigint, currency text, status text, occurred_at timestamptz, cause text,
        command_id text, terms jsonb, details jsonb)
      where (v_bad is null or x.u <> all (v_bad))
        and not exists (select from billing_events e where e.fact_key = x.fact_key)
      order by x.fact_key, x.u) z
  ), streams as materialized (
    select advance_streams_v1(jsonb_build_object('now', p -> 'now', 'streams', jsonb_agg(to_jsonb(w)))) as advanced
    from (
      select y.account_id, sum(y.facts) as facts, max(y.occurred_at) as occurred_at, bool_or(y.examine) as examine
      from (
        select s.account_id, 1 as facts, s.occurred_at, false as examine
        from stated s where s.account_id is not null
        union all
        select e.account_id, 0, null, true
        from jsonb_to_recordset(p -> 'entitlements') as e(u integer, account_id text, examine boolean)
        where e.examine and (v_bad is null or e.u <> all (v_bad))
        union all
        select m.user_id, 0, null, true
        from jsonb_to_recordset(p -> 'published') as x(u integer, customer text)
        join stripe_customer_mapping m on m.stripe_customer_id = x.customer
        where (v_bad is null or x.u <> all (v_bad))
          and not exists (select from stated s where s.u = x.u and s.account_id is not null)) y
      group by y.account_id) w
    having count(*) > 0
  ), inserted as (
    insert into billing_events (
      fact_key, subject_id, account_id, subscription_id, stripe_event_id, event_type, amount, currency, status,
      occurred_at, cause, command_id, terms, details, seq, epoch, tx, late, state)
    select s.fact_key, s.subject_id, s.account_id, s.subscription_id, s.stripe_event_id, s.event_type, s.amount,
      s.currency, s.status, s.occurred_at, s.cause, s.command_id, s.terms, s.details,
      (t.stream ->> 'seq')::bigint - s.facts + s.place,
      case when s.account_id is not null then v_epoch end,
      case when s.account_id is not null then pg_current_xact_id() end,
      case when s.account_id is not null then coalesce(
        s.occurred_at < greatest(s.before, (t.stream ->> 'occurred_before')::timestamptz), false) end,
      t.stream -> 'state'
    from stated s
    left join lateral (select a.advanced -> s.account_id as stream from streams a) t on true
    order by s.fact_key
    on conflict (fact_key) do nothing
    returning 1
  )
  -- Streams are advanced also where nothing is inserted: what no statement asks for is not executed.
  select (select count(*) from stated), (select count(*) from inserted), (select count(*) from streams)
  into v_stated, v_inserted, v_advanced;
  if v_inserted <> v_stated then
    -- Its number in the stream would be missing.
    raise exception 'a fact was appended meanwhile by another transaction' using errcode = '40002';
  end if;
  return null;
end $$;

-- {now, customers, payments} -> null: facts of customers that were just linked, and of payments whose customer became
-- known, get their account, and their places in its stream.
create or replace function claim_facts_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_epoch constant integer := hold_event_epoch_v1('{}')::integer;
  v_customers constant text[] := array(select jsonb_array_elements_text(nullif(p -> 'customers', 'null')));
  v_payments constant text[] := array(select jsonb_array_elements_text(nullif(p -> 'payments', 'null')))
    || array(
      select o.id from provider_objects o
      where o.state ->> 'customer_id' = any (v_customers) and o.kind in ('payment_intent', 'setup_intent')
        and not o.gone);
  v_claims jsonb;
  v_streams jsonb;
begin
  select jsonb_agg(to_jsonb(y)) into v_claims
  from (
    select z.*,
      row_number() over (partition by z.account_id order by z.occurred_at, z.fact_key) as place,
      count(*) over (partition by z.account_id) as facts,
      max(z.occurred_at) over (
        partition by z.account_id order by z.occurred_at, z.fact_key
        rows between unbounded preceding and 1 preceding) as before
    from (
      select e.fact_key, e.occurred_at,
        coalesce(
          (select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = e.subject_id),
          (select coalesce(
              (select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = o.state ->> 'customer_id'),
              o.state ->> 'account')
           from provider_objects o
           where o.id = e.subject_id and o.kind in ('payment_intent', 'setup_intent')
           order by o.kind
           limit 1)) as account_id
      from billing_events e
      where e.account_id is null and e.subject_id = any (v_customers || v_payments)
      order by e.fact_key for no key update) z
    where z.account_id is not null) y;
  -- A statement that writes nothing would call the triggers all the same.
  if v_claims is not null then
    select advance_streams_v1(jsonb_build_object('now', p -> 'now', 'streams', jsonb_agg(to_jsonb(w)))) into v_streams
    from (
      select x.account_id, count(*) as facts, max(x.occurred_at) as occurred_at
      from jsonb_to_recordset(v_claims) as x(account_id text, occurred_at timestamptz)
      group by x.account_id) w;
    update billing_events e set
      account_id = x.account_id,
      seq = (v_streams -> x.account_id ->> 'seq')::bigint - x.facts + x.place,
      epoch = v_epoch,
      tx = pg_current_xact_id(),
      late = coalesce(e.occurred_at < greatest(
        x.before, (v_streams -> x.account_id ->> 'occurred_before')::timestamptz), false),
      state = v_streams -> x.account_id -> 'state'
    from jsonb_to_recordset(v_claims) as x(
      fact_key text, account_id text, place bigint, facts bigint, before timestamptz)
    where e.fact_key = x.fact_key;
  end if;
  return null;
end $$;

-- {account_id} -> null: what it is entitled to may have changed
create function examine_entitlement_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform advance_streams_v1(jsonb_build_object('streams', jsonb_build_array(
    jsonb_build_object('account_id', p -> 'account_id', 'facts', 0, 'examine', true))));
  return null;
end $$;

-- {account_id} -> how many entries its stream has
create function stream_length_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return to_jsonb(coalesce(
    (select t.seq from event_streams t where t.account_id = p ->> 'account_id'), 0));
end $$;

-- {account_id, now} -> {entitlement, version, open: [row], grants: [row], state: as account_states_v1, revision}. The version
-- changes once the entitlement does, or a grant is given or revoked; consume_v1 and tier_at_v1 compute it the same way.
create or replace function account_usage_v1(p jsonb) returns jsonb
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
        -> v_account,
      'revision', stream_length_v1(jsonb_build_object('account_id', v_account)))
    from (
      select ':' || count(*) || ':' || count(g.revoked_at) as mark,
        jsonb_agg(to_jsonb(g)) filter (
          where (g.expires_at is null or g.expires_at > v_now)
            and (g.revoked_at is null or g.revoked_at > v_now)) as open
      from grants g where g.user_id = v_account
      having count(*) > 0) n
    right join (select) always on true);
end $$;

-- {now, limit} -> [{account_id, marks, decided}]: whose entitlement is to be compared, by the billing clock
create function due_entitlements_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'account_id', z.account_id, 'marks', z.marks, 'decided', z.decided) order by z.examine_at, z.account_id), '[]')
    from (
      select t.* from event_streams t where t.examine_at <= (p ->> 'now')::timestamptz
      order by t.examine_at, t.account_id limit (p ->> 'limit')::integer) z);
end $$;

-- {account_id, marks, catalog, decided, examine_at, now, facts: [row] or update: [row]} -> whether nothing had changed
-- meanwhile, and no newer catalog decides. The update is appended if the last entry shows another state.
create function publish_entitlement_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  if exists (select from catalog_versions v where v.version > (p ->> 'catalog')::bigint) then
    return 'false';
  end if;
  update event_streams t set
    decided = p -> 'decided', marks = t.marks + 1, examine_at = (p ->> 'examine_at')::timestamptz
  where t.account_id = p ->> 'account_id' and t.marks = (p ->> 'marks')::bigint;
  if not found then
    return 'false';
  end if;
  if p ? 'facts' then
    perform append_facts_v1(p);
  elsif (
    select e.state from event_streams t
    join billing_events e on e.account_id = t.account_id and e.seq = t.seq
    where t.account_id = p ->> 'account_id')
    is distinct from event_states_v1(jsonb_build_object(
      'accounts', jsonb_build_array(p -> 'account_id'), 'now', p -> 'now')) -> (p ->> 'account_id')
  then
    perform append_facts_v1(p || jsonb_build_object('facts', p -> 'update'));
  end if;
  return 'true';
end $$;

-- {epoch, after: {epoch, tx, account, seq}, account_id, types, limit} -> {epoch, reset: true}, or
-- {epoch, events: [row], after}. Only what no running transaction can still add to.
create function event_feed_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_account constant text := p ->> 'account_id';
  v_types constant text[] := case when p ? 'types' then array(select jsonb_array_elements_text(p -> 'types')) end;
  v_after_epoch constant integer := coalesce((p #>> '{after,epoch}')::integer, 0);
  v_after_tx constant xid8 := coalesce(p #>> '{after,tx}', '0')::xid8;
  v_after_account constant text := coalesce(p #>> '{after,account}', '');
  v_after_seq constant bigint := coalesce((p #>> '{after,seq}')::bigint, 0);
  v_epoch event_epochs;
  v_rows jsonb;
  v_last jsonb;
begin
  select e.* into v_epoch from event_epochs e;
  if p ? 'after' and (
    p ->> 'epoch' is distinct from v_epoch.id
    or (v_after_epoch, v_after_tx) <= (v_epoch.pruned_epoch, v_epoch.pruned_tx)
    or (v_after_epoch, v_after_tx) >= (v_epoch.epoch, pg_snapshot_xmax(pg_current_snapshot())))
  then
    return jsonb_build_object('epoch', v_epoch.id, 'reset', true);
  end if;
  -- One query for each index: of one account the numbers have the feed's order.
  if v_account is not null then
    select jsonb_agg(to_jsonb(z) order by z.seq) into v_rows
    from (
      select e.* from billing_events e
      where e.account_id = v_account and e.seq is not null and e.state is not null
        and (e.epoch, e.tx, e.account_id, e.seq) > (v_after_epoch, v_after_tx, v_after_account, v_after_seq)
        and (e.epoch < v_epoch.epoch or e.tx < v_horizon)
        and (v_types is null or e.event_type = any (v_types))
      order by e.seq
      limit (p ->> 'limit')::integer) z;
  else
    select jsonb_agg(to_jsonb(z) order by z.epoch, z.tx, z.account_id, z.seq) into v_rows
    from (
      select e.* from billing_events e
      where e.state is not null
        and (e.epoch, e.tx, e.account_id, e.seq) > (v_after_epoch, v_after_tx, v_after_account, v_after_seq)
        and (e.epoch < v_epoch.epoch or e.tx < v_horizon)
        and (v_types is null or e.event_type = any (v_types))
      order by e.epoch, e.tx, e.account_id, e.seq
      limit (p ->> 'limit')::integer) z;
  end if;
  v_last := v_rows -> -1;
  return jsonb_build_object('epoch', v_epoch.id, 'events', coalesce(v_rows, '[]'), 'after',
    case when v_last is not null then jsonb_build_object(
      'epoch', v_last -> 'epoch', 'tx', v_last -> 'tx', 'account', v_last -> 'account_id', 'seq', v_last -> 'seq') end);
end $$;

-- {before, limit} -> how many: entries that lose their state, and with it their place in the feed
create function prune_event_states_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_keys text[];
  v_epoch integer;
  v_tx xid8;
begin
  select array_agg(z.fact_key), (array_agg(z.epoch order by z.epoch desc, z.tx desc))[1],
    (array_agg(z.tx order by z.epoch desc, z.tx desc))[1]
  into v_keys, v_epoch, v_tx
  from (
    select y.* from (
      select e.fact_key, e.epoch, e.tx, e.recorded_at from billing_events e
      where e.state is not null
      order by e.epoch, e.tx, e.account_id, e.seq
      limit (p ->> 'limit')::integer) y
    where y.recorded_at < (p ->> 'before')::timestamptz) z;
  if v_keys is null then
    return '0';
  end if;
  update billing_events e set state = null where e.fact_key = any (v_keys);
  update event_epochs e set pruned_epoch = v_epoch, pruned_tx = v_tx
  where (e.pruned_epoch, e.pruned_tx) < (v_epoch, v_tx);
  return to_jsonb(cardinality(v_keys));
end $$;
-- Applies units, each whole or not at all, in a few statements for all of them together.
--
-- {now, units: [{u, subject, version, proven_at}], events: [{u, seq, claim}], and rows by table, each
-- with the number u of its unit} -> {stale: [u], lease_lost: [u]}; all others are applied.
-- If any row is refused, the whole call raises and nothing is stored.
create or replace function commit_units_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_subjects text[];
  v_units integer;
  v_claims bigint[];
  v_seqs bigint[];
  v_lost integer[];
  v_stale integer[];
  v_bad integer[];
  v_customers text[];
  v_linked text[];
begin
  select array_agg(distinct x.subject), count(*) into v_subjects, v_units
  from jsonb_to_recordset(p -> 'units') as x(subject text);
  insert into subjects (id)
  select distinct x.subject
  from jsonb_to_recordset(p -> 'units') as x(subject text, version bigint)
  where x.version = 0
  order by x.subject
  on conflict (id) do nothing;
  -- Of several units of one subject only the first can be current.
  with locked as materialized (
    select s.id, s.version from subjects s where s.id = any (v_subjects) order by s.id for no key update
  )
  select array_agg(z.u) into v_stale
  from (
    select x.u, l.version is distinct from x.version as changed,
      row_number() over (partition by x.subject order by x.u) > 1 as later
    from jsonb_to_recordset(p -> 'units') as x(u integer, subject text, version bigint)
    left join locked l on l.id = x.subject) z
  where z.changed or z.later;

  if p ? 'events' then
    select array_agg(distinct x.claim), array_agg(distinct x.seq) into v_claims, v_seqs
    from jsonb_to_recordset(p -> 'events') as x(seq bigint, claim bigint);
    perform 1 from claims c where c.id = any (v_claims) order by c.id for update;
    -- A missing claim must not match an event without a claim.
    with locked as materialized (
      select q.seq, q.claim from webhook_queue q where q.seq = any (v_seqs) order by q.seq for update
    )
    select array_agg(distinct z.u) into v_lost
    from (
      select x.u,
        x.claim is null or l.claim is distinct from x.claim or c.id is null as taken,
        row_number() over (partition by x.seq order by x.u) > 1 as later
      from jsonb_to_recordset(p -> 'events') as x(u integer, seq bigint, claim bigint)
      left join locked l on l.seq = x.seq
      left join claims c on c.id = x.claim and c.lease_until > v_now) z
    where z.taken or z.later;
  end if;

  if v_stale is not null or v_lost is not null then
    select array_agg(distinct b.u) into v_bad
    from unnest(coalesce(v_stale, '{}') || coalesce(v_lost, '{}')) as b(u);
    if cardinality(v_bad) = v_units then
      return jsonb_build_object('stale', to_jsonb(v_stale), 'lease_lost', to_jsonb(v_lost));
    end if;
  end if;

  if p ? 'links' then
    insert into stripe_customer_mapping (user_id, clerk_user_id, stripe_customer_id, created_at)
    select x.user_id, (select w.clerk_user_id from users w where w.id = x.user_id), x.stripe_customer_id,
      x.created_at
    from jsonb_to_recordset(p -> 'links') as x(
      u integer, user_id text, stripe_customer_id text, created_at timestamptz)
    where (v_bad is null or x.u <> all (v_bad)) and not exists (
      select 1 from stripe_customer_mapping m
      where m.user_id = x.user_id and m.stripe_customer_id = x.stripe_customer_id)
    order by x.user_id;
  end if;

  if p ? 'customers' then
    insert into customers as t (
      id, account_id, email, name, delinquent, default_payment_method, created_at, as_of, source)
    select
      x.id, x.account_id, x.email, x.name, x.delinquent, x.default_payment_method, x.created_at, x.as_of, x.source
    from jsonb_to_recordset(p -> 'customers') as x(
      u integer, id text, account_id text, email text, name text, delinquent boolean, default_payment_method text,
      created_at timestamptz, as_of timestamptz, source text)
    where v_bad is null or x.u <> all (v_bad)
    order by x.id
    on conflict (id) do update set
      account_id = excluded.account_id, email = excluded.email, name = excluded.name,
      delinquent = excluded.delinquent, default_payment_method = excluded.default_payment_method,
      created_at = excluded.created_at, as_of = excluded.as_of, source = excluded.source, gone = false,
      updated_at = now();
  end if;

  if p ? 'subscriptions' then
    insert into subscriptions as t (
      stripe_subscription_id, stripe_customer_id, account_id, status, tier, billing_interval, items,
      current_period_start, current_period_end, trial_start, trial_end, cancel_at_period_end, cancel_at,
      canceled_at, cancel_reason, ended_at, collection_paused, discount, default_payment_method, created_at, as_of, source,
      user_id)
    select
      x.stripe_subscription_id, x.stripe_customer_id, x.account_id, x.status, x.tier, x.billing_interval,
      x.items, x.current_period_start, x.current_period_end, x.trial_start, x.trial_end, x.cancel_at_period_end,
      x.cancel_at, x.canceled_at, x.cancel_reason, x.ended_at, x.collection_paused, x.discount,
      x.default_payment_method, x.created_at, x.as_of, x.source,
      (select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = x.stripe_customer_id)
    from jsonb_to_recordset(p -> 'subscriptions') as x(
      u integer, stripe_subscription_id text, stripe_customer_id text, account_id text, status text, tier text,
      billing_interval text, items jsonb, current_period_start timestamptz, current_period_end timestamptz,
      trial_start timestamptz, trial_end timestamptz, cancel_at_period_end boolean, cancel_at timestamptz,
      canceled_at timestamptz, cancel_reason text, ended_at timestamptz, collection_paused jsonb,
      discount jsonb, default_payment_method text, created_at timestamptz, as_of timestamptz, source text)
    where v_bad is null or x.u <> all (v_bad)
    order by x.stripe_subscription_id
    on conflict (stripe_subscription_id) do update set
      stripe_customer_id = excluded.stripe_customer_id, account_id = excluded.account_id,
      status = excluded.status, tier = excluded.tier, billing_interval = excluded.billing_interval,
      items = excluded.items, current_period_start = excluded.current_period_start,
      current_period_end = excluded.current_period_end, trial_start = excluded.trial_start,
      trial_end = excluded.trial_end, cancel_at_period_end = excluded.cancel_at_period_end,
      cancel_at = excluded.cancel_at, canceled_at = excluded.canceled_at,
      cancel_reason = excluded.cancel_reason, ended_at = excluded.ended_at,
      collection_paused = excluded.collection_paused, discount = excluded.discount,
      default_payment_method = excluded.default_payment_method, created_at = excluded.created_at, as_of = excluded.as_of, source = excluded.source,
      user_id = excluded.user_id, gone = false, updated_at = now();
  end if;

  if p ? 'stripe_invoices' then
    insert into stripe_invoices as t (
      stripe_invoice_id, stripe_customer_id, stripe_subscription_id, number, status, billing_reason, currency,
      total, amount_due, amount_paid, attempt_count, next_payment_attempt, period_start, period_end,
      finalized_at, paid_at, voided_at, marked_uncollectible_at, created_at, as_of, source)
    select
      x.stripe_invoice_id, x.stripe_customer_id, x.stripe_subscription_id, x.number, x.status, x.billing_reason,
      x.currency, x.total, x.amount_due, x.amount_paid, x.attempt_count, x.next_payment_attempt, x.period_start,
      x.period_end, x.finalized_at, x.paid_at, x.voided_at, x.marked_uncollectible_at, x.created_at, x.as_of,
      x.source
    from jsonb_to_recordset(p -> 'stripe_invoices') as x(
      u integer, stripe_invoice_id text, stripe_customer_id text, stripe_subscription_id text, number text,
      status text, billing_reason text, currency text, total bigint, amount_due bigint, amount_paid bigint,
      attempt_count integer, next_payment_attempt timestamptz, period_start timestamptz, period_end timestamptz,
      finalized_at timestamptz, paid_at timestamptz, voided_at timestamptz, marked_uncollectible_at timestamptz,
      created_at timestamptz, as_of timestamptz, source text)
    where v_bad is null or x.u <> all (v_bad)
    order by x.stripe_invoice_id
    on conflict (stripe_invoice_id) do update set
      stripe_customer_id = excluded.stripe_customer_id,
      stripe_subscription_id = excluded.stripe_subscription_id, number = excluded.number,
      status = excluded.status, billing_reason = excluded.billing_reason, currency = excluded.currency,
      total = excluded.total, amount_due = excluded.amount_due, amount_paid = excluded.amount_paid,
      attempt_count = excluded.attempt_count, next_payment_attempt = excluded.next_payment_attempt,
      period_start = excluded.period_start, period_end = excluded.period_end,
      finalized_at = excluded.finalized_at, paid_at = excluded.paid_at, voided_at = excluded.voided_at,
      marked_uncollectible_at = excluded.marked_uncollectible_at, created_at = excluded.created_at,
      as_of = excluded.as_of, source = excluded.source, gone = false, updated_at = now();
  end if;

  if p ? 'checkout_sessions' then
    insert into checkout_sessions as t (
      id, stripe_customer_id, account_id, command_id, status, paid, url, stripe_subscription_id, expires_at,
      created_at, as_of, source)
    select
      x.id, x.stripe_customer_id, x.account_id, x.command_id, x.status, x.paid, x.url, x.stripe_subscription_id,
      x.expires_at, x.created_at, x.as_of, x.source
    from jsonb_to_recordset(p -> 'checkout_sessions') as x(
      u integer, id text, stripe_customer_id text, account_id text, command_id text, status text, paid boolean,
      url text, stripe_subscription_id text, expires_at timestamptz, created_at timestamptz, as_of timestamptz,
      source text)
    where v_bad is null or x.u <> all (v_bad)
    order by x.id
    on conflict (id) do update set
      stripe_customer_id = excluded.stripe_customer_id, account_id = excluded.account_id,
      command_id = excluded.command_id, status = excluded.status, paid = excluded.paid, url = excluded.url,
      stripe_subscription_id = excluded.stripe_subscription_id, expires_at = excluded.expires_at,
      created_at = excluded.created_at, as_of = excluded.as_of, source = excluded.source, gone = false,
      updated_at = now();
  end if;

  if p ? 'products' then
    insert into products as t (
      id, name, description, active, metadata, created_at, as_of, source)
    select
      x.id, x.name, x.description, x.active, x.metadata, x.created_at, x.as_of, x.source
    from jsonb_to_recordset(p -> 'products') as x(
      u integer, id text, name text, description text, active boolean, metadata jsonb, created_at timestamptz,
      as_of timestamptz, source text)
    where v_bad is null or x.u <> all (v_bad)
    order by x.id
    on conflict (id) do update set
      name = excluded.name, description = excluded.description, active = excluded.active,
      metadata = excluded.metadata, created_at = excluded.created_at, as_of = excluded.as_of,
      source = excluded.source, gone = false, updated_at = now();
  end if;

  if p ? 'prices' then
    insert into prices as t (
      id, product_id, active, currency, unit_amount, recurring_unit, recurring_count, metered, lookup_key,
      metadata, created_at, as_of, source)
    select
      x.id, x.product_id, x.active, x.currency, x.unit_amount, x.recurring_unit, x.recurring_count, x.metered,
      x.lookup_key, x.metadata, x.created_at, x.as_of, x.source
    from jsonb_to_recordset(p -> 'prices') as x(
      u integer, id text, product_id text, active boolean, currency text, unit_amount bigint,
      recurring_unit text, recurring_count integer, metered boolean, lookup_key text, metadata jsonb,
      created_at timestamptz, as_of timestamptz, source text)
    where v_bad is null or x.u <> all (v_bad)
    order by x.id
    on conflict (id) do update set
      product_id = excluded.product_id, active = excluded.active, currency = excluded.currency,
      unit_amount = excluded.unit_amount, recurring_unit = excluded.recurring_unit,
      recurring_count = excluded.recurring_count, metered = excluded.metered, lookup_key = excluded.lookup_key,
      metadata = excluded.metadata, created_at = excluded.created_at, as_of = excluded.as_of,
      source = excluded.source, gone = false, updated_at = now();
  end if;

  if p ? 'buried' then
    insert into customers as t (id, as_of, source, gone)
    select x.id, x.as_of, x.source, true
    from jsonb_to_recordset(p -> 'buried') as x(
      u integer, kind text, id text, subject text, as_of timestamptz, source text)
    where x.kind = 'customer' and (v_bad is null or x.u <> all (v_bad))
    order by x.id
    on conflict (id) do update set
      as_of = excluded.as_of, source = excluded.source, gone = true, updated_at = now();

    insert into subscriptions as t (stripe_subscription_id, stripe_customer_id, as_of, source, gone)
    select x.id, x.subject, x.as_of, x.source, true
    from jsonb_to_recordset(p -> 'buried') as x(
      u integer, kind text, id text, subject text, as_of timestamptz, source text)
    where x.kind = 'subscription' and (v_bad is null or x.u <> all (v_bad))
    order by x.id
    on conflict (stripe_subscription_id) do update set
      as_of = excluded.as_of, source = excluded.source, gone = true, updated_at = now();

    insert into stripe_invoices as t (stripe_invoice_id, stripe_customer_id, as_of, source, gone)
    select x.id, x.subject, x.as_of, x.source, true
    from jsonb_to_recordset(p -> 'buried') as x(
      u integer, kind text, id text, subject text, as_of timestamptz, source text)
    where x.kind = 'invoice' and (v_bad is null or x.u <> all (v_bad))
    order by x.id
    on conflict (stripe_invoice_id) do update set
      as_of = excluded.as_of, source = excluded.source, gone = true, updated_at = now();

    insert into checkout_sessions as t (id, as_of, source, gone)
    select x.id, x.as_of, x.source, true
    from jsonb_to_recordset(p -> 'buried') as x(
      u integer, kind text, id text, subject text, as_of timestamptz, source text)
    where x.kind = 'checkout_session' and (v_bad is null or x.u <> all (v_bad))
    order by x.id
    on conflict (id) do update set
      as_of = excluded.as_of, source = excluded.source, gone = true, updated_at = now();

    insert into products as t (id, as_of, source, gone)
    select x.id, x.as_of, x.source, true
    from jsonb_to_recordset(p -> 'buried') as x(
      u integer, kind text, id text, subject text, as_of timestamptz, source text)
    where x.kind = 'product' and (v_bad is null or x.u <> all (v_bad))
    order by x.id
    on conflict (id) do update set
      as_of = excluded.as_of, source = excluded.source, gone = true, updated_at = now();

    insert into prices as t (id, as_of, source, gone)
    select x.id, x.as_of, x.source, true
    from jsonb_to_recordset(p -> 'buried') as x(
      u integer, kind text, id text, subject text, as_of timestamptz, source text)
    where x.kind = 'price' and (v_bad is null or x.u <> all (v_bad))
    order by x.id
    on conflict (id) do update set
      as_of = excluded.as_of, source = excluded.source, gone = true, updated_at = now();
  end if;

  if p ? 'provider_objects' then
    insert into provider_objects as t (
      kind, id, subject_id, state, created_at, as_of, source, gone)
    select
      x.kind, x.id, x.subject, x.state, x.created_at, x.as_of, x.source, x.gone
    from jsonb_to_recordset(p -> 'provider_objects') as x(
      u integer, kind text, id text, subject text, state jsonb, created_at timestamptz,
      as_of timestamptz, source text, gone boolean)
    where v_bad is null or x.u <> all (v_bad)
    order by x.kind, x.id
    -- A row whose object is gone keeps its contents.
    on conflict (kind, id) do update set
      subject_id = case when excluded.gone then t.subject_id else excluded.subject_id end,
      state = coalesce(excluded.state, t.state),
      created_at = coalesce(excluded.created_at, t.created_at),
      as_of = excluded.as_of, source = excluded.source, gone = excluded.gone, updated_at = now();
  end if;

  if p ? 'links' then
    select array_agg(x.stripe_customer_id) into v_linked
    from jsonb_to_recordset(p -> 'links') as x(u integer, stripe_customer_id text)
    where v_bad is null or x.u <> all (v_bad);
    update subscriptions s set user_id = m.user_id
    from stripe_customer_mapping m
    where s.stripe_customer_id = any (v_linked) and m.stripe_customer_id = s.stripe_customer_id
      and s.user_id is distinct from m.user_id;
  end if;
  if p ? 'links' or p ? 'customers' then
    select array_agg(x.id) into v_customers
    from (
      select y.u, y.id from jsonb_to_recordset(p -> 'customers') as y(u integer, id text)
      union all
      select y.u, y.stripe_customer_id
      from jsonb_to_recordset(p -> 'links') as y(u integer, stripe_customer_id text)) x
    where v_bad is null or x.u <> all (v_bad);
    update stripe_customer_mapping m set email = c.email, name = c.name
    from customers c
    where m.stripe_customer_id = any (v_customers) and c.id = m.stripe_customer_id
      and (m.email, m.name) is distinct from (c.email, c.name);
  end if;

  if p ? 'entitlements' then
    with entitled as (
      insert into account_entitlements as t (account_id, sources, withheld, evidence, recorded_at, effective_at)
      select x.account_id, x.sources, coalesce(x.withheld, '[]'), coalesce(x.evidence, '{}'),
        coalesce(x.recorded_at, now()), coalesce(x.effective_at, x.recorded_at, now())
      from jsonb_to_recordset(p -> 'entitlements') as x(
        u integer, account_id text, sources jsonb, withheld jsonb, evidence jsonb, recorded_at timestamptz,
        effective_at timestamptz)
      where v_bad is null or x.u <> all (v_bad)
      order by x.account_id
      on conflict (account_id) do update set
        sources = excluded.sources, withheld = excluded.withheld, evidence = excluded.evidence,
        recorded_at = excluded.recorded_at, effective_at = excluded.effective_at, updated_at = now()
      returning t.account_id, t.recorded_at, t.effective_at, t.sources, t.withheld, t.evidence
    )
    -- An entitlement that was replaced at the instant of its own recording was never in force.
    insert into entitlement_history as t (account_id, recorded_at, effective_at, sources, withheld, evidence)
    select e.account_id, e.recorded_at, e.effective_at, e.sources, e.withheld, e.evidence
    from entitled e
    order by e.account_id
    on conflict (account_id, recorded_at) do update set
      effective_at = excluded.effective_at, sources = excluded.sources, withheld = excluded.withheld,
      evidence = excluded.evidence;
  end if;

  if p ? 'facts' or p ? 'published' or p @? '$.entitlements[*] ? (@.examine == true)' then
    perform append_facts_v1(
      case when v_bad is null then p else p || jsonb_build_object('bad', to_jsonb(v_bad)) end);
  end if;

  if v_linked is not null or p ? 'provider_objects' then
    perform claim_facts_v1(jsonb_build_object('now', v_now, 'customers', to_jsonb(v_linked), 'payments', (
      select jsonb_agg(x.id)
      from jsonb_to_recordset(p -> 'provider_objects') as x(u integer, kind text, id text)
      where x.kind = 'payment_intent' and (v_bad is null or x.u <> all (v_bad)))));
  end if;

  if p ? 'settled_reads' then
    delete from pending_reads r
    using jsonb_to_recordset(p -> 'settled_reads') as x(u integer, kind text, object_id text)
    where r.kind = x.kind and r.object_id = x.object_id and (v_bad is null or x.u <> all (v_bad));
  end if;
  if p ? 'required_reads' then
    insert into pending_reads as t (kind, object_id, subject_id, priority, since)
    select x.kind, x.object_id, x.subject_id, x.priority, x.since
    from jsonb_to_recordset(p -> 'required_reads') as x(
      u integer, kind text, object_id text, subject_id text, priority smallint, since timestamptz)
    where v_bad is null or x.u <> all (v_bad)
    order by x.kind, x.object_id
    on conflict (kind, object_id) do update set
      subject_id = excluded.subject_id, priority = least(t.priority, excluded.priority),
      since = least(t.since, excluded.since);
  end if;

  update subjects s set version = s.version + 1, proven_at = greatest(s.proven_at, x.proven_at)
  from jsonb_to_recordset(p -> 'units') as x(u integer, subject text, proven_at timestamptz)
  where s.id = x.subject and s.id = any (v_subjects) and (v_bad is null or x.u <> all (v_bad));

  if p ? 'events' then
    select array_agg(x.seq) into v_seqs
    from jsonb_to_recordset(p -> 'events') as x(u integer, seq bigint)
    where v_bad is null or x.u <> all (v_bad);
    with done as (
      delete from webhook_queue q where q.seq = any (v_seqs)
      returning q.seq, q.claim, q.retry_count, q.error
    )
    insert into webhook_log (seq, claim, at, status, retry_count, error)
    select d.seq, d.claim, v_now, 'processed', d.retry_count, d.error from done d order by d.seq
    on conflict (seq) do update set claim = excluded.claim, at = excluded.at, status = excluded.status,
      retry_count = excluded.retry_count, error = excluded.error;
    delete from claims c
    where c.id = any (v_claims) and (c.seqs <@ v_seqs or not exists (
      select 1 from webhook_queue q where q.seq = any (c.seqs) and q.claim = c.id));
  end if;

  return jsonb_build_object('stale', to_jsonb(v_stale), 'lease_lost', to_jsonb(v_lost));
end $$;

-- {key, fingerprint, id, account_id, kind, tier, feature, units, reason, given_by, given_at, starts_at, expires_at}
-- -> the row under this key, added now or before
create or replace function add_grant_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || (p ->> 'account_id'), 0));
  insert into grants (
    id, user_id, idempotency_key, fingerprint, kind, tier, feature, units, reason, given_by, given_at, starts_at,
    expires_at)
  values (
    p ->> 'id', p ->> 'account_id', p ->> 'key', p ->> 'fingerprint', p ->> 'kind', p ->> 'tier', p ->> 'feature',
    (p ->> 'units')::bigint, p ->> 'reason', p ->> 'given_by', (p ->> 'given_at')::timestamptz,
    (p ->> 'starts_at')::timestamptz, (p ->> 'expires_at')::timestamptz)
  on conflict (user_id, idempotency_key) do nothing;
  if found then
    perform examine_entitlement_v1(p);
  end if;
  return (
    select to_jsonb(g) from grants g
    where g.user_id = p ->> 'account_id' and g.idempotency_key = p ->> 'key');
end $$;

-- {account_id, id, at, by, reason} -> the row, revoked now or before, or null
create or replace function revoke_grant_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || (p ->> 'account_id'), 0));
  update grants g set
    revoked_at = (p ->> 'at')::timestamptz, revoked_by = p ->> 'by', revoked_reason = p ->> 'reason'
  where g.id = p ->> 'id' and g.user_id = p ->> 'account_id' and g.revoked_at is null;
  if found then
    perform examine_entitlement_v1(p);
  end if;
  return (
    select to_jsonb(g) from grants g where g.id = p ->> 'id' and g.user_id = p ->> 'account_id');
end $$;

-- {name, kind, now} -> null: from now on the subscriber receives what is appended. A second time it changes nothing.
create function add_subscriber_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  if not exists (select from subscribers s where s.name = p ->> 'name') then
    insert into subscribers (name, kind, created_at)
    values (p ->> 'name', p ->> 'kind', (p ->> 'now')::timestamptz)
    on conflict (name) do nothing;
  end if;
  return null;
end $$;

-- {name} -> whether there was one: with its positions
create function remove_subscriber_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  delete from subscribers s where s.name = p ->> 'name';
  if not found then
    return 'false';
  end if;
  delete from subscriber_positions q where q.subscriber = p ->> 'name';
  delete from event_endpoints e where e.name = p ->> 'name';
  delete from delivery_attempts d where d.subscriber = p ->> 'name';
  return 'true';
end $$;

-- {name} -> the row, or null
create function find_subscriber_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select to_jsonb(s) from subscribers s where s.name = p ->> 'name');
end $$;

-- {} -> [{name, kind, created_at, failures, failing_since, waiting, blocked, retrying, since}], since: when the
-- oldest entry was appended that has not arrived, except for blocked accounts
create function list_subscribers_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(s) - 'probe_at' || to_jsonb(n) order by s.name), '[]')
    from subscribers s
    cross join lateral (
      select count(*) filter (where not q.blocked) as waiting, count(*) filter (where q.blocked) as blocked,
        count(*) filter (where q.attempts > 0 and not q.blocked) as retrying,
        min(q.since) filter (where not q.blocked) as since
      from subscriber_positions q where q.subscriber = s.name and q.due_at is not null) n);
end $$;

-- {now, lease_until, claim, subscribers: [{name, max}], entries, probing} -> [{subscriber, account_id, seq, attempts,
-- probing, failing_since, entries: [row]}]: accounts with something new, and what follows their positions. Of a subscriber with so
-- many failures in a row only one account is claimed, when its probe is due.
create function claim_deliveries_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_lease constant timestamptz := (p ->> 'lease_until')::timestamptz;
  v_claim constant text := p ->> 'claim';
  v_claimed jsonb := '[]';
  v_part jsonb;
  v_probing boolean;
  r record;
begin
  for r in
    select s.name, s.failures, s.failing_since, s.probe_at, x.max
    from jsonb_to_recordset(p -> 'subscribers') as x(name text, max integer)
    join subscribers s on s.name = x.name
    where exists (
      select from subscriber_positions q where q.subscriber = s.name and q.due_at <= v_now and not q.blocked)
    order by s.name
  loop
    v_probing := r.failures >= (p ->> 'probing')::integer;
    if v_probing then
      -- One node probes at a time.
      perform 1 from subscribers s
      where s.name = r.name and s.probe_at is not distinct from r.probe_at
        and (s.probe_at is null or s.probe_at <= v_now)
      for no key update skip locked;
      continue when not found;
      update subscribers s set probe_at = v_lease where s.name = r.name;
    end if;
    with due as (
      select q.account_id from subscriber_positions q
      where q.subscriber = r.name and q.due_at <= v_now and not q.blocked
        and (q.lease_until is null or q.lease_until <= v_now)
      order by q.due_at, q.account_id limit case when v_probing then 1 else r.max end
      for no key update skip locked
    ), claimed as (
      update subscriber_positions q set claim = v_claim, lease_until = v_lease
      from due where q.subscriber = r.name and q.account_id = due.account_id
      returning q.*
    )
    select jsonb_agg(jsonb_build_object(
      'subscriber', c.subscriber, 'account_id', c.account_id, 'seq', c.seq, 'attempts', c.attempts,
      'probing', v_probing, 'failing_since', r.failing_since, 'entries', (
        select coalesce(jsonb_agg(to_jsonb(z) order by z.seq), '[]')
        from (
          select e.* from billing_events e
          where e.account_id = c.account_id and e.seq > c.seq
          order by e.seq limit (p ->> 'entries')::integer) z)))
    into v_part
    from claimed c;
    v_claimed := v_claimed || coalesce(v_part, '[]');
  end loop;
  return v_claimed;
end $$;

-- {now, claim, deliveries: [{subscriber, account_id, seq, arrived, failure: {error, next_at, blocked, probe_at} or
-- null}], attempts: [row of delivery_attempts]} -> [{subscriber, account_id}]: those whose lease was lost, which stay
-- as they are. arrived: how many entries were received.
create function end_deliveries_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_lost jsonb := '[]';
  r record;
begin
  for r in
    select * from jsonb_to_recordset(p -> 'deliveries') as x(
      subscriber text, account_id text, seq bigint, arrived integer, failure jsonb)
    order by x.subscriber, x.account_id
  loop
    perform 1 from subscriber_positions q
    where q.subscriber = r.subscriber and q.account_id = r.account_id and q.claim = p ->> 'claim'
    for no key update;
    if not found then
      v_lost := v_lost || jsonb_build_object('subscriber', r.subscriber, 'account_id', r.account_id);
      continue;
    end if;
    -- A transaction that appends marks the account once this lock is released: what is missing here will be marked.
    update subscriber_positions q set
      seq = r.seq,
      claim = null,
      lease_until = null,
      attempts = case
        when r.failure is null then 0
        when (r.failure ->> 'counted')::boolean then case when r.arrived > 0 then 1 else q.attempts + 1 end
        else q.attempts end,
      error = r.failure ->> 'error',
      blocked = coalesce((r.failure ->> 'blocked')::boolean, false),
      due_at = case
        when n.recorded_at is null then null
        when r.failure is null then v_now
        else (r.failure ->> 'next_at')::timestamptz end,
      since = n.recorded_at
    from (select 1) o
    left join lateral (
      select e.recorded_at from billing_events e
      where e.account_id = r.account_id and e.seq > r.seq order by e.seq limit 1) n on true
    where q.subscriber = r.subscriber and q.account_id = r.account_id;
    if r.arrived > 0 then
      update subscribers s set failures = 0, failing_since = null, probe_at = null
      where s.name = r.subscriber and s.failures > 0;
    end if;
    if r.failure is not null then
      update subscribers s set failures = s.failures + 1, failing_since = coalesce(s.failing_since, v_now),
        probe_at = (r.failure ->> 'probe_at')::timestamptz
      where s.name = r.subscriber;
    end if;
  end loop;
  if p ? 'attempts' then
    insert into delivery_attempts (subscriber, account_id, seq, event_id, at, millis, status, error)
    select x.subscriber, x.account_id, x.seq, x.event_id, x.at, x.millis, x.status, x.error
    from jsonb_to_recordset(p -> 'attempts') as x(
      subscriber text, account_id text, seq bigint, event_id text, at timestamptz, millis integer, status integer,
      error text);
  end if;
  return v_lost;
end $$;

-- {subscriber, account_id, after, limit} -> [{account_id, seq, event_id, attempts, error, blocked, due_at}], by account: those that
-- were not received at the first attempt
create function list_parked_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(z) order by z.account_id), '[]')
    from (
      select q.account_id, q.seq + 1 as seq, e.fact_key as event_id, q.attempts, q.error, q.blocked, q.due_at
      from subscriber_positions q
      left join billing_events e on e.account_id = q.account_id and e.seq = q.seq + 1
      where q.subscriber = p ->> 'subscriber' and q.account_id > coalesce(p ->> 'after', '')
        and (p ->> 'account_id' is null or q.account_id = p ->> 'account_id')
        and q.due_at is not null and (q.error is not null or q.blocked)
      order by q.account_id limit (p ->> 'limit')::integer) z);
end $$;

-- {subscriber, account_id} -> {seq, released} or null, released: how often a person decided about an entry
create function find_position_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(z) from (
      select q.seq, q.released from subscriber_positions q
      where q.subscriber = p ->> 'subscriber' and q.account_id = p ->> 'account_id') z);
end $$;

-- {subscriber, account_id, seq, skip, now} -> whether it stood before that entry: it is tried again at once, or left
-- out
create function release_parked_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update subscriber_positions q set
    seq = case when (p ->> 'skip')::boolean then q.seq + 1 else q.seq end,
    attempts = 0, error = null, blocked = false, claim = null, lease_until = null, released = q.released + 1,
    due_at = (p ->> 'now')::timestamptz
  where q.subscriber = p ->> 'subscriber' and q.account_id = p ->> 'account_id'
    and q.seq + 1 = (p ->> 'seq')::bigint and q.due_at is not null;
  return to_jsonb(found);
end $$;

-- {subscriber, request, since, now} -> how many accounts: all entries that were appended since then are sent again, once
-- for a request
create function replay_subscriber_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_since constant timestamptz := (p ->> 'since')::timestamptz;
begin
  update subscribers s set last_replay = p ->> 'request'
  where s.name = p ->> 'subscriber' and s.last_replay is distinct from p ->> 'request';
  if found then
    insert into subscriber_positions as t (subscriber, account_id, seq, due_at, since)
    select p ->> 'subscriber', e.account_id, min(e.seq) - 1, (p ->> 'now')::timestamptz, min(e.recorded_at)
    from billing_events e
    where e.seq is not null and e.recorded_at >= v_since
    group by e.account_id
    order by e.account_id
    on conflict (subscriber, account_id) do update set
      seq = least(t.seq, excluded.seq), due_at = excluded.due_at, since = least(t.since, excluded.since),
      attempts = 0, error = null, blocked = false, claim = null, lease_until = null;
  end if;
  return (
    select to_jsonb(count(distinct e.account_id)) from billing_events e
    where e.seq is not null and e.recorded_at >= v_since);
end $$;

-- {name, url, description, types, active, secret, now} -> null
create function add_endpoint_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  insert into event_endpoints (name, url, description, types, active, secret)
  values (p ->> 'name', p ->> 'url', p ->> 'description',
    case when p ? 'types' then array(select jsonb_array_elements_text(p -> 'types')) end,
    (p ->> 'active')::boolean, p ->> 'secret')
  on conflict (name) do nothing;
  perform add_subscriber_v1(jsonb_build_object('name', p -> 'name', 'kind', 'endpoint', 'now', p -> 'now'));
  return null;
end $$;

-- {name, url, description, types, active} -> null. What is sealed stays.
create function update_endpoint_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update event_endpoints e set
    url = p ->> 'url', description = p ->> 'description',
    types = case when p ? 'types' then array(select jsonb_array_elements_text(p -> 'types')) end,
    active = (p ->> 'active')::boolean
  where e.name = p ->> 'name';
  return null;
end $$;

-- {name, secret, previous_secret, previous_expires, expected} -> whether the secret was the expected one
create function replace_endpoint_secret_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update event_endpoints e set
    secret = p ->> 'secret', previous_secret = p ->> 'previous_secret',
    previous_expires = (p ->> 'previous_expires')::timestamptz
  where e.name = p ->> 'name' and e.secret = p ->> 'expected';
  return to_jsonb(found);
end $$;

-- {} or {name} -> [row with created_at], by name
create function list_endpoints_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(e) || jsonb_build_object('created_at', s.created_at) order by e.name), '[]')
    from event_endpoints e
    join subscribers s on s.name = e.name
    where p ->> 'name' is null or e.name = p ->> 'name');
end $$;

-- {name} -> the row, without what is sealed, or null
create function find_endpoint_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(e) - 'secret' - 'previous_secret' || jsonb_build_object('secret_hash', md5(e.secret))
    from event_endpoints e where e.name = p ->> 'name');
end $$;

-- {subscriber, before, limit} -> rows, the newest first
create function list_delivery_attempts_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(z) order by z.id desc), '[]')
    from (
      select d.* from delivery_attempts d
      where d.subscriber = p ->> 'subscriber'
        and d.id < coalesce((p ->> 'before')::bigint, 9223372036854775807)
      order by d.id desc limit (p ->> 'limit')::integer) z);
end $$;

-- {before} -> null
create function prune_delivery_attempts_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  delete from delivery_attempts d where d.at < (p ->> 'before')::timestamptz;
  select 'null'::jsonb
$$;

create or replace function tables_of_a_start_v1(p jsonb) returns jsonb
language plpgsql immutable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return '["answers", "audit_log", "catalog_features", "catalog_tiers", "catalog_versions", "event_epochs",
    "recurring_tasks", "subscribers"]';
end $$;

-- {move, sequences} -> null. The filled store goes to work, and logs what changes, for the way back.
create or replace function open_store_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant jsonb := lock_store_v1('{}');
  r record;
begin
  if v_state ->> 'move' is distinct from p ->> 'move' or v_state ->> 'mode' = 'frozen' then
    return jsonb_build_object('refused', 'no_such_move');
  end if;
  if v_state ->> 'mode' = 'open' then
    return null;
  end if;
  for r in
    select format('"${schema}".%I', s.sequencename)::regclass as name,
      greatest(s.last_value, (x.value)::bigint) as at
    from pg_sequences s join jsonb_each_text(p -> 'sequences') as x on x.key = s.sequencename
    where s.schemaname = '${schema}'
  loop
    perform setval(r.name, greatest(r.at, 1), r.at > 0);
  end loop;
  truncate move_log;
  update store_state s set mode = 'open', recording = true where s.one;
  -- Its transactions have numbers of their own.
  perform begin_event_epoch_v1('{}');
  return null;
end $$;


select secure_schema_v1('{}');
