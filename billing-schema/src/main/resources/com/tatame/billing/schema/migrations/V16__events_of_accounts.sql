-- The trail of one account: what was told of its customer and of its payments.

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

select secure_schema_v1('{}');
