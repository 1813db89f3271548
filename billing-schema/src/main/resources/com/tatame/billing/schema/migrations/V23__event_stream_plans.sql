-- Sessions keep the plans that they made while a table was small, until statistics are gathered anew. What is looked up
-- for each element of a set is a subquery of that element here, which no plan turns into a join that reads a whole
-- index; and what is due is read in the order of an index.
drop index subscriber_positions_due_idx;
create index subscriber_positions_due_idx on subscriber_positions (subscriber, due_at, account_id)
  where due_at is not null;

-- {now, facts: [row], entitlements: [{u, account_id, examine}], published: [{u, customer}], bad: [u]} -> null, without
-- the units that are bad. A fact that was appended before is left out. What is to be published is shown by the unit's
-- own entry, or else looked at later.
create or replace function append_facts_v1(p jsonb) returns jsonb
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
        and (select true from billing_events e where e.fact_key = x.fact_key) is null
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
        select
          (select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = x.customer), 0, null, true
        from jsonb_to_recordset(p -> 'published') as x(u integer, customer text)
        where (v_bad is null or x.u <> all (v_bad))
          and not exists (select from stated s where s.u = x.u and s.account_id is not null)) y
      where y.account_id is not null
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

-- {now, lease_until, claim, subscribers: [{name, max}], entries, probing} -> [{subscriber, account_id, seq, attempts,
-- probing, failing_since, entries: [row]}]: accounts with something new, and what follows their positions. Of a subscriber with so
-- many failures in a row only one account is claimed, when its probe is due.
create or replace function claim_deliveries_v1(p jsonb) returns jsonb
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
    where (
      select true from subscriber_positions q
      where q.subscriber = s.name and q.due_at <= v_now and not q.blocked
      order by q.due_at, q.account_id limit 1)
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
    with due as materialized (
      select q.account_id from subscriber_positions q
      where q.subscriber = r.name and q.due_at <= v_now and not q.blocked
        and (q.lease_until is null or q.lease_until <= v_now)
      order by q.due_at, q.account_id limit case when v_probing then 1 else r.max end
      for no key update skip locked
    ), claimed as (
      update subscriber_positions q set claim = v_claim, lease_until = v_lease
      where q.subscriber = r.name and q.account_id = any (array(select d.account_id from due d))
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

-- [{subject, subscriptions, stripe_invoices, customers, checkout_sessions, products, prices, provider_objects: what is
-- wanted of each, accounts}] -> [{subject, version, rows by table, customer_of, linked, entitlement}]. It looks only into
-- tables that something is wanted of: opening one costs more than finding a row in it.
create or replace function load_subjects_v1(p jsonb) returns jsonb
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
      select x.user_id from stripe_customer_mapping x where x.stripe_customer_id = w.subject limit 1) m on true);
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
    where (v_bad is null or x.u <> all (v_bad)) and (
      select true from stripe_customer_mapping m
      where m.user_id = x.user_id and m.stripe_customer_id = x.stripe_customer_id) is null
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

select secure_schema_v1('{}');
