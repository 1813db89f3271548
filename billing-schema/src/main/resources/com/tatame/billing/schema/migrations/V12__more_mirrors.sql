-- Mirrored objects of the kinds that come seldom share a table. What they look like stands in the state, by
-- the names of the fields; a kind says which of them it can't be without. Keyed, locked, replaced and buried
-- as the rows of the tables of their own are.
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
      else array['a kind that nobody knows']
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

-- As commit_units_v1, with provider_objects: [{u, kind, id, subject, state, created_at, as_of, source,
-- gone}]. They are written while its locks are held; whatever is refused, nothing is stored.
create function commit_units_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_answer constant jsonb := commit_units_v1(p);
  v_bad integer[];
begin
  if p ? 'provider_objects' then
    select array_agg(b.value::integer) into v_bad
    from jsonb_each(v_answer) as a, jsonb_array_elements_text(nullif(a.value, 'null')) as b;
    insert into provider_objects as t (
      kind, id, subject_id, state, created_at, as_of, source, gone)
    select
      x.kind, x.id, x.subject, x.state, x.created_at, x.as_of, x.source, x.gone
    from jsonb_to_recordset(p -> 'provider_objects') as x(
      u integer, kind text, id text, subject text, state jsonb, created_at timestamptz,
      as_of timestamptz, source text, gone boolean)
    where v_bad is null or x.u <> all (v_bad)
    order by x.kind, x.id
    -- What is gone keeps what was known of it.
    on conflict (kind, id) do update set
      subject_id = case when excluded.gone then t.subject_id else excluded.subject_id end,
      state = coalesce(excluded.state, t.state),
      created_at = coalesce(excluded.created_at, t.created_at),
      as_of = excluded.as_of, source = excluded.source, gone = excluded.gone, updated_at = now();
  end if;
  return v_answer;
end $$;

-- As load_subjects_v1, with provider_objects: [{kind, id}] wanted of a subject. Stable, so all that it asks
-- sees one moment.
create function load_subjects_v2(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_known constant jsonb := load_subjects_v1(p);
begin
  if not jsonb_path_exists(p, '$[*].provider_objects') then
    return v_known;
  end if;
  return (
    select coalesce(jsonb_agg(k.value || jsonb_build_object('provider_objects', (
      select coalesce(jsonb_agg(r.row), '[]')
      from (
        select (
          select to_jsonb(t) from provider_objects t
          where t.kind = o.value ->> 'kind' and t.id = o.value ->> 'id') as row
        from jsonb_array_elements(w.value -> 'provider_objects') as o) r
      where r.row is not null))), '[]')
    from jsonb_array_elements(v_known) as k
    join jsonb_array_elements(p) as w on w.value ->> 'subject' = k.value ->> 'subject');
end $$;

-- {kinds, limit} -> objects of these kinds to be read, most urgent and then oldest first
create function pending_reads_v2(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(z)), '[]')
    from (
      select r.kind, r.object_id, r.subject_id, r.priority, r.since from pending_reads r
      where r.kind = any (array(select jsonb_array_elements_text(p -> 'kinds')))
      order by r.priority, r.since, r.kind, r.object_id
      limit (p ->> 'limit')::integer) z);
end $$;

-- The release before this one calls it, and knows no kinds but these.
drop function pending_reads_v1(jsonb);
create function pending_reads_v1(p jsonb) returns jsonb
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select pending_reads_v2(p || jsonb_build_object('kinds', jsonb_build_array(
    'customer', 'subscription', 'invoice', 'checkout_session', 'product', 'price')))
$$;

select secure_schema_v1('{}');
