-- Of the rarer kinds, what names a customer belongs to the account that the customer is linked to.

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

select secure_schema_v1('{}');
