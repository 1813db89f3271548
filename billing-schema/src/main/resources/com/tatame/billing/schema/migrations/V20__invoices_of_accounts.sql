-- An invoice belongs to the account that its customer is linked to.
create index stripe_invoices_page_idx on stripe_invoices (
  stripe_customer_id, created_at desc, stripe_invoice_id) where not gone;

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

select secure_schema_v1('{}');
