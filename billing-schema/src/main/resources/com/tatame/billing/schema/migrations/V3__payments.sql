-- Invoices, and the mirrored objects that share a table: payments, payment methods, refunds, disputes, coupons, tax ids.

create table stripe_invoices (
  stripe_invoice_id       text collate "C" primary key,
  stripe_customer_id      text collate "C" not null,
  stripe_subscription_id  text collate "C",
  number                  text,
  status                  text,
  billing_reason          text,
  currency                text,
  total                   bigint,
  amount_due              bigint,
  amount_paid             bigint,
  attempt_count           integer,
  next_payment_attempt    timestamptz,
  period_start            timestamptz,
  period_end              timestamptz,
  finalized_at            timestamptz,
  paid_at                 timestamptz,
  voided_at               timestamptz,
  marked_uncollectible_at timestamptz,
  created_at              timestamptz,
  as_of                   timestamptz not null,
  source                  text not null,
  gone                    boolean not null default false,
  updated_at              timestamptz not null default now(),
  constraint stripe_invoices_source_check check (source in ('snapshot', 'read')),
  constraint stripe_invoices_status_check check (status in ('draft', 'open', 'paid', 'void', 'uncollectible')),
  constraint stripe_invoices_whole_check check (gone or (
    status is not null and currency is not null and total is not null and amount_due is not null
    and amount_paid is not null and attempt_count is not null and period_start is not null
    and period_end is not null and created_at is not null))
) with (fillfactor = 80);
create index stripe_invoices_customer_idx on stripe_invoices (stripe_customer_id);
create index stripe_invoices_open_idx on stripe_invoices (stripe_customer_id) where status = 'open' and not gone;
-- An invoice belongs to the account that its customer is linked to.
create index stripe_invoices_page_idx on stripe_invoices (
  stripe_customer_id, created_at desc, stripe_invoice_id) where not gone;

-- Mirrored objects of rare kinds share a table. Their fields are in the state; each kind names the fields that it
-- can't be without. They are keyed, locked, replaced and marked as gone like the rows of kinds with tables of their own.
create table provider_objects (
  kind       text collate "C" not null,
  id         text collate "C" not null,
  subject_id text collate "C" not null,
  state      jsonb,
  created_at timestamptz,
  as_of      timestamptz not null,
  source     text not null,
  gone       boolean not null default false,
  updated_at timestamptz not null default now(),
  constraint provider_objects_pkey primary key (kind, id),
  constraint provider_objects_source_check check (source in ('snapshot', 'read')),
  constraint provider_objects_whole_check check (gone or (
    state is not null and created_at is not null and state ?& case kind
      when 'payment_method' then array['customer_id', 'type']
      when 'payment_intent' then array['status', 'currency', 'amount', 'amount_received', 'metadata']
      when 'setup_intent' then array['status', 'usage']
      when 'invoice_payment' then array['invoice_id', 'status', 'currency', 'amount_requested']
      when 'refund' then array['status', 'currency', 'amount']
      when 'dispute' then array['charge_id', 'status', 'reason', 'currency', 'amount']
      when 'coupon' then array['duration', 'times_redeemed', 'metadata']
      when 'promotion_code' then array['code', 'coupon_id', 'active', 'times_redeemed', 'first_purchase_only']
      when 'tax_id' then array['type', 'value']
      when 'subscription_schedule' then array['customer_id', 'status', 'end_behavior', 'phases']
      else array['a kind that is not known']
    end))
) with (fillfactor = 80);
-- All refunds and disputes of a payment.
create index provider_objects_subject_idx on provider_objects (subject_id, kind, created_at desc, id);
-- All of a customer's payments, payment methods or tax ids.
create index provider_objects_customer_idx on provider_objects (
  (state ->> 'customer_id'), kind, created_at desc, id) where state ->> 'customer_id' is not null;
-- Customers type a code in any case; of those that are spelt alike at most one is active.
create index provider_objects_code_idx on provider_objects (lower(state ->> 'code'))
  where kind = 'promotion_code' and not gone;
create index provider_objects_coupon_idx on provider_objects ((state ->> 'coupon_id'))
  where kind = 'promotion_code' and not gone;
create index provider_objects_invoice_idx on provider_objects ((state ->> 'invoice_id'))
  where kind = 'invoice_payment' and not gone;
create index provider_objects_buyer_idx on provider_objects (
  ((state ->> 'account') collate "C"), created_at desc)
  where kind = 'payment_intent' and not gone and state -> 'sale' is not null;
create index provider_objects_purchase_idx on provider_objects (
  ((state #>> '{sale,purchase_id}') collate "C"))
  where kind = 'payment_intent' and not gone and state -> 'sale' is not null;
-- All refunds, newest first.
create index provider_objects_refund_idx on provider_objects (created_at desc, id)
  where kind = 'refund' and not gone;
-- Which invoice a payment paid.
create index provider_objects_pays_idx on provider_objects ((state ->> 'payment_intent_id'))
  where kind = 'invoice_payment' and not gone;

-- The ledger of billing facts, each stored once under its key.
create table billing_events (
  fact_key        text collate "C" primary key,
  subject_id      text collate "C" not null,
  subscription_id text collate "C",
  stripe_event_id text collate "C",
  event_type      text collate "C" not null,
  amount          bigint,
  currency        text,
  status          text not null,
  occurred_at     timestamptz not null,
  recorded_at     timestamptz not null default now(),
  constraint billing_events_money_check check ((amount is null) = (currency is null))
);
create index billing_events_subject_idx on billing_events (subject_id, occurred_at);
create index billing_events_subscription_idx on billing_events (subscription_id, occurred_at);
-- Started trials, by the time at which they were recorded.
create index billing_events_trials_idx on billing_events (recorded_at, fact_key)
  where event_type = 'subscription.trial_started';

create view stripe_payment_methods with (security_invoker = true) as
select
  o.id as stripe_payment_method_id,
  o.state ->> 'customer_id' as stripe_customer_id,
  m.user_id,
  o.state ->> 'type' as type,
  o.state ->> 'brand' as brand,
  o.state ->> 'last4' as last4,
  (o.state ->> 'expiry_month')::integer as exp_month,
  (o.state ->> 'expiry_year')::integer as exp_year,
  o.state ->> 'fingerprint' as fingerprint,
  o.created_at,
  o.as_of
from provider_objects o
left join stripe_customer_mapping m on m.stripe_customer_id = o.state ->> 'customer_id'
where o.kind = 'payment_method' and not o.gone;

-- {account_id, after, limit} -> newest first, then by id
create function list_invoices_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_customer_id text;
  v_created_at timestamptz := 'infinity';
  v_id text := '';
begin
  select m.stripe_customer_id into v_customer_id from stripe_customer_mapping m
  where m.user_id = p ->> 'account_id';
  if p ->> 'after' is not null then
    select i.created_at, i.stripe_invoice_id into v_created_at, v_id from stripe_invoices i
    where i.stripe_invoice_id = p ->> 'after' and i.stripe_customer_id = v_customer_id;
    if not found then
      return '[]';
    end if;
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z))
    from (
      select i.* from stripe_invoices i
      where i.stripe_customer_id = v_customer_id and not i.gone
        and (i.created_at < v_created_at
          or (i.created_at = v_created_at and i.stripe_invoice_id > v_id))
      order by i.created_at desc, i.stripe_invoice_id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {account_id, id}
create function find_invoice_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(i) from stripe_invoices i
    join stripe_customer_mapping m on m.stripe_customer_id = i.stripe_customer_id
    where i.stripe_invoice_id = p ->> 'id' and m.user_id = p ->> 'account_id' and not i.gone);
end $$;

-- An object that names a customer belongs to the account that the customer is linked to.
-- {account_id, kind, after, limit} -> newest first, then by id
create function list_account_objects_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_customer_id text;
  v_created_at timestamptz := 'infinity';
  v_id text := '';
begin
  select m.stripe_customer_id into v_customer_id from stripe_customer_mapping m
  where m.user_id = p ->> 'account_id';
  if p ->> 'after' is not null then
    select o.created_at, o.id into v_created_at, v_id from provider_objects o
    where o.kind = p ->> 'kind' and o.id = p ->> 'after' and o.state ->> 'customer_id' = v_customer_id;
    if not found then
      return '[]';
    end if;
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z))
    from (
      select o.* from provider_objects o
      where o.state ->> 'customer_id' = v_customer_id and o.kind = p ->> 'kind' and not o.gone
        and (o.created_at < v_created_at or (o.created_at = v_created_at and o.id > v_id))
      order by o.created_at desc, o.id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {account_id, kind, id}
create function find_account_object_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(o) from provider_objects o
    join stripe_customer_mapping m on m.stripe_customer_id = o.state ->> 'customer_id'
    where o.kind = p ->> 'kind' and o.id = p ->> 'id' and m.user_id = p ->> 'account_id' and not o.gone);
end $$;

-- {ids} -> the coupons with these ids, by id
create function coupons_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(o) order by o.id), '[]') from provider_objects o
    where o.kind = 'coupon' and o.id = any (array(select jsonb_array_elements_text(p -> 'ids')))
      and not o.gone);
end $$;

-- {account_id, id} -> the state of the payment, or null. A payment belongs to the account that it names, or to the
-- one that claimed the anonymous session that it names.
create function find_payment_intent_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select o.state from provider_objects o
    where o.kind = 'payment_intent' and o.id = p ->> 'id' and not o.gone
      and (o.state ->> 'account' = p ->> 'account_id' or exists (
        select 1 from anonymous_sessions s
        where s.id = o.state ->> 'account' and s.claimed_by = p ->> 'account_id')));
end $$;

-- {purchase_id} or {invoice_id} -> {account_id, payment, refunds} or null
create function paid_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_payment text;
begin
  if p ->> 'purchase_id' is not null then
    select o.id into v_payment from provider_objects o
    where o.kind = 'payment_intent' and not o.gone and o.state -> 'sale' is not null
      and (o.state #>> '{sale,purchase_id}') collate "C" = p ->> 'purchase_id'
    order by o.created_at
    limit 1;
  else
    select o.state ->> 'payment_intent_id' into v_payment from provider_objects o
    where o.kind = 'invoice_payment' and not o.gone
      and o.state ->> 'invoice_id' = p ->> 'invoice_id' and o.state ->> 'status' = 'paid'
    order by o.created_at, o.id
    limit 1;
  end if;
  return (
    select jsonb_build_object(
      'account_id', coalesce(m.user_id, o.state ->> 'account'),
      'payment', o.state,
      'refunds', (
        select coalesce(jsonb_agg(r.state order by r.id), '[]') from provider_objects r
        where r.subject_id = v_payment and r.kind = 'refund' and not r.gone))
    from provider_objects o
    left join stripe_customer_mapping m on m.stripe_customer_id = o.state ->> 'customer_id'
    where o.kind = 'payment_intent' and o.id = v_payment and not o.gone);
end $$;

-- {after, limit}, newest first, then by id -> [{refund, purchase_id, invoice_id}]
create function list_refunds_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_created_at timestamptz := 'infinity';
  v_id text := '';
begin
  if p ->> 'after' is not null then
    select o.created_at, o.id into v_created_at, v_id from provider_objects o
    where o.kind = 'refund' and o.id = p ->> 'after' and not o.gone;
    if not found then
      return '[]';
    end if;
  end if;
  return coalesce((
    select jsonb_agg(jsonb_build_object(
      'refund', z.state,
      'purchase_id', (
        select o.state #>> '{sale,purchase_id}' from provider_objects o
        where o.kind = 'payment_intent' and o.id = z.state ->> 'payment_intent_id'),
      'invoice_id', (
        select min(o.state ->> 'invoice_id') from provider_objects o
        where o.kind = 'invoice_payment' and not o.gone
          and o.state ->> 'payment_intent_id' = z.state ->> 'payment_intent_id')))
    from (
      select o.state from provider_objects o
      where o.kind = 'refund' and not o.gone and o.created_at <= v_created_at
        and (o.created_at < v_created_at or o.id > v_id)
      order by o.created_at desc, o.id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {id} -> as one of list_refunds_v1, or null
create function find_refund_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_build_object(
      'refund', r.state,
      'purchase_id', (
        select o.state #>> '{sale,purchase_id}' from provider_objects o
        where o.kind = 'payment_intent' and o.id = r.state ->> 'payment_intent_id'),
      'invoice_id', (
        select min(o.state ->> 'invoice_id') from provider_objects o
        where o.kind = 'invoice_payment' and not o.gone
          and o.state ->> 'payment_intent_id' = r.state ->> 'payment_intent_id'))
    from provider_objects r
    where r.kind = 'refund' and r.id = p ->> 'id' and not r.gone);
end $$;

-- The trail of one account: the facts of its customer and of its payments.
-- {account_id, subscription_id, type, from, until, after, limit} -> billing events, newest first
create function list_billing_events_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_customer constant text := (
    select m.stripe_customer_id from stripe_customer_mapping m where m.user_id = p ->> 'account_id');
  v_subjects constant text[] := v_customer || array(
    select o.id from provider_objects o
    where o.state ->> 'customer_id' = v_customer and o.kind in ('payment_intent', 'setup_intent')
      and not o.gone);
  v_subscription constant text := p ->> 'subscription_id';
  v_type constant text := p ->> 'type';
  v_from constant timestamptz := coalesce((p ->> 'from')::timestamptz, '-infinity');
  v_until constant timestamptz := coalesce((p ->> 'until')::timestamptz, 'infinity');
  v_occurred_at timestamptz := 'infinity';
  v_key text := '';
begin
  if v_customer is null then
    return '[]';
  end if;
  if p ->> 'after' is not null then
    select e.occurred_at, e.fact_key into v_occurred_at, v_key
    from billing_events e where e.fact_key = p ->> 'after' and e.subject_id = any (v_subjects);
    if not found then
      return '[]';
    end if;
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.occurred_at desc, z.fact_key desc)
    from (
      select e.* from billing_events e
      where e.subject_id = any (v_subjects)
        and (v_subscription is null or e.subscription_id = v_subscription)
        and (v_type is null or e.event_type = v_type)
        and e.occurred_at >= v_from and e.occurred_at < v_until
        and (e.occurred_at, e.fact_key) < (v_occurred_at, v_key)
      order by e.occurred_at desc, e.fact_key desc
      limit (p ->> 'limit')::integer) z), '[]');
end $$;
