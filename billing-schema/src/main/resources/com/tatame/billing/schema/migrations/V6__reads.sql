-- Every list is one document: a cap on the rows of an answer can't cut it.

-- {account_id, subject, issuer, email, name}: what the identity provider doesn't tell this time stays
create function remember_user_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into users as t (id, clerk_user_id, issuer, subject, email, name)
  values (p ->> 'account_id', p ->> 'subject', p ->> 'issuer', p ->> 'subject', p ->> 'email', p ->> 'name')
  on conflict (id) do update set
    clerk_user_id = excluded.clerk_user_id, issuer = excluded.issuer, subject = excluded.subject,
    email = coalesce(excluded.email, t.email), name = coalesce(excluded.name, t.name), updated_at = now()
  where (t.issuer, t.subject, t.email, t.name) is distinct from
    (excluded.issuer, excluded.subject, coalesce(excluded.email, t.email), coalesce(excluded.name, t.name));
  select 'null'::jsonb
$$;

-- {account_id}
create function find_customer_link_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(m) from stripe_customer_mapping m where m.user_id = p ->> 'account_id');
end $$;

-- {account_id}
create function find_entitlement_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(t) from account_entitlements t where t.account_id = p ->> 'account_id');
end $$;

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

-- {account_id, id}
create function find_checkout_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from checkout_sessions c
    where c.id = p ->> 'id' and c.account_id = p ->> 'account_id' and not c.gone);
end $$;

-- {active, after, limit} -> by id
create function list_products_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(z)), '[]')
    from (
      select t.* from products t
      where t.id > coalesce(p ->> 'after', '') and not t.gone
        and (p ->> 'active' is null or t.active = (p ->> 'active')::boolean)
      order by t.id
      limit (p ->> 'limit')::integer) z);
end $$;

-- {active, product_id, after, limit} -> by id
create function list_prices_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_active constant boolean := (p ->> 'active')::boolean;
  v_after constant text := coalesce(p ->> 'after', '');
  v_limit constant integer := (p ->> 'limit')::integer;
begin
  if p ->> 'product_id' is null then
    return coalesce((
      select jsonb_agg(to_jsonb(z))
      from (
        select t.* from prices t
        where t.id > v_after and not t.gone and (v_active is null or t.active = v_active)
        order by t.id limit v_limit) z), '[]');
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z))
    from (
      select t.* from prices t
      where t.product_id = p ->> 'product_id' and t.id > v_after and not t.gone
        and (v_active is null or t.active = v_active)
      order by t.id limit v_limit) z), '[]');
end $$;

-- {product_ids} -> all their prices, by id
create function prices_of_products_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]') from prices t
    where t.product_id = any (array(select jsonb_array_elements_text(p -> 'product_ids'))) and not t.gone);
end $$;

-- {id}
create function find_price_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(t) from prices t where t.id = p ->> 'id' and not t.gone);
end $$;

-- {lookup_keys} -> the active prices that carry one of them, by id
create function prices_by_lookup_key_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]') from prices t
    where t.lookup_key = any (array(select jsonb_array_elements_text(p -> 'lookup_keys')))
      and t.active and not t.gone);
end $$;

create function ping_v1(p jsonb) returns jsonb
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select 'true'::jsonb
$$;
