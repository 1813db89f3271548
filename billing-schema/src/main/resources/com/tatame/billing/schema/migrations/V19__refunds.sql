-- Reading payments and giving them back.

create index provider_objects_refund_idx on provider_objects (created_at desc, id)
  where kind = 'refund' and not gone;
-- Which invoice a payment paid.
create index provider_objects_pays_idx on provider_objects ((state ->> 'payment_intent_id'))
  where kind = 'invoice_payment' and not gone;

-- {account_id, id}: a payment is the account's that it names, or that claimed it -> its state or null
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

select secure_schema_v1('{}');
