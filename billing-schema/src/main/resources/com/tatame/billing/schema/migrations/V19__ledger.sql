-- The ledger: whose each fact is, what caused it, and from what to what something changed.

alter table billing_events
  -- Empty until the customer is linked to an account.
  add column account_id text collate "C",
  add column cause      text,
  add column command_id text collate "C",
  -- {from, to}: what a subscription was sold at before and after.
  add column terms      jsonb,
  add column details    jsonb,
  add constraint billing_events_cause_check check (cause in ('event', 'read', 'import', 'reconciliation'));

update billing_events e set
  cause = case when e.stripe_event_id is null then 'read' else 'event' end,
  account_id = coalesce(
    (select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = e.subject_id),
    (select m.user_id from provider_objects o
     join stripe_customer_mapping m on m.stripe_customer_id = o.state ->> 'customer_id'
     where o.kind = 'payment_intent' and o.id = e.subject_id));

create index billing_events_account_idx on billing_events (account_id, occurred_at desc, fact_key desc)
  where account_id is not null;
create index billing_events_unclaimed_idx on billing_events (subject_id) where account_id is null;

-- {customers, payments} -> null: facts of customers that were just linked, and of payments whose customer became
-- known, get their account.
create function claim_facts_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_customers constant text[] := array(select jsonb_array_elements_text(nullif(p -> 'customers', 'null')));
  v_payments constant text[] := array(select jsonb_array_elements_text(nullif(p -> 'payments', 'null')))
    || array(
      select o.id from provider_objects o
      where o.state ->> 'customer_id' = any (v_customers) and o.kind in ('payment_intent', 'setup_intent')
        and not o.gone);
  v_claims jsonb;
begin
  select jsonb_agg(jsonb_build_object('fact_key', z.fact_key, 'account_id', z.account_id))
  into v_claims
  from (
    select e.fact_key,
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
    where e.account_id is null and e.subject_id = any (v_customers || v_payments)) z
  where z.account_id is not null;
  -- A statement that writes nothing would call the triggers all the same.
  if v_claims is not null then
    update billing_events e set account_id = x.account_id
    from jsonb_to_recordset(v_claims) as x(fact_key text, account_id text)
    where e.fact_key = x.fact_key;
  end if;
  return null;
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

  if p ? 'facts' then
    insert into billing_events (
      fact_key, subject_id, account_id, subscription_id, stripe_event_id, event_type, amount, currency, status,
      occurred_at, cause, command_id, terms, details)
    select x.fact_key, x.subject_id,
      coalesce(
        (select m.user_id from stripe_customer_mapping m where m.stripe_customer_id = x.subject_id),
        (select coalesce(
            (select n.user_id from stripe_customer_mapping n
             where n.stripe_customer_id = o.state ->> 'customer_id'),
            o.state ->> 'account')
         from provider_objects o where o.kind = 'payment_intent' and o.id = x.subject_id)),
      x.subscription_id, x.stripe_event_id, x.event_type, x.amount, x.currency, x.status, x.occurred_at, x.cause,
      x.command_id, x.terms, x.details
    from jsonb_to_recordset(p -> 'facts') as x(
      u integer, fact_key text, subject_id text, subscription_id text, stripe_event_id text,
      event_type text, amount bigint, currency text, status text, occurred_at timestamptz, cause text,
      command_id text, terms jsonb, details jsonb)
    where v_bad is null or x.u <> all (v_bad)
    order by x.fact_key, x.u
    on conflict (fact_key) do nothing;
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

  if v_linked is not null or p ? 'provider_objects' then
    perform claim_facts_v1(jsonb_build_object('customers', to_jsonb(v_linked), 'payments', (
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

-- The trail of one account. A fact that was appended while another transaction linked its customer has no account; it
-- is found by its customer or payment.
-- {account_id, subscription_id, type, status, event, command, from, until, after, limit} -> billing events, newest first
create or replace function list_billing_events_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_customer constant text := (
    select m.stripe_customer_id from stripe_customer_mapping m where m.user_id = v_account);
  v_subjects constant text[] := v_customer || array(
    select o.id from provider_objects o
    where o.state ->> 'customer_id' = v_customer and o.kind in ('payment_intent', 'setup_intent')
      and not o.gone);
  v_subscription constant text := p ->> 'subscription_id';
  v_type constant text := p ->> 'type';
  v_status constant text := p ->> 'status';
  v_event constant text := p ->> 'event';
  v_command constant text := p ->> 'command';
  v_from constant timestamptz := coalesce((p ->> 'from')::timestamptz, '-infinity');
  v_until constant timestamptz := coalesce((p ->> 'until')::timestamptz, 'infinity');
  v_limit constant integer := (p ->> 'limit')::integer;
  v_occurred_at timestamptz := 'infinity';
  v_key text := '';
begin
  if p ->> 'after' is not null then
    select e.occurred_at, e.fact_key into v_occurred_at, v_key
    from billing_events e
    where e.fact_key = p ->> 'after'
      and (e.account_id = v_account or (e.account_id is null and e.subject_id = any (v_subjects)));
    if not found then
      return '[]';
    end if;
  end if;
  -- One query for each index: either alone gives a page in its order, which both together can't.
  return coalesce((
    select jsonb_agg(to_jsonb(z) || jsonb_build_object('account_id', v_account)
      order by z.occurred_at desc, z.fact_key desc)
    from (
      select u.* from (
        (select e.* from billing_events e
        where e.account_id = v_account
          and (v_subscription is null or e.subscription_id = v_subscription)
          and (v_type is null or e.event_type = v_type)
          and (v_status is null or e.status = v_status)
          and (v_event is null or e.stripe_event_id = v_event)
          and (v_command is null or e.command_id = v_command)
          and e.occurred_at >= v_from and e.occurred_at < v_until
          and (e.occurred_at, e.fact_key) < (v_occurred_at, v_key)
        order by e.occurred_at desc, e.fact_key desc
        limit v_limit)
        union all
        (select e.* from billing_events e
        where e.account_id is null and e.subject_id = any (v_subjects)
          and (v_subscription is null or e.subscription_id = v_subscription)
          and (v_type is null or e.event_type = v_type)
          and (v_status is null or e.status = v_status)
          and (v_event is null or e.stripe_event_id = v_event)
          and (v_command is null or e.command_id = v_command)
          and e.occurred_at >= v_from and e.occurred_at < v_until
          and (e.occurred_at, e.fact_key) < (v_occurred_at, v_key)
        order by e.occurred_at desc, e.fact_key desc
        limit v_limit)) u
      order by u.occurred_at desc, u.fact_key desc
      limit v_limit) z), '[]');
end $$;

select secure_schema_v1('{}');
