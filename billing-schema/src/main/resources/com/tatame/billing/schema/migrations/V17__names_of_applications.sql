-- Names and rows that applications on their own SQL, or on Supabase's client, look for.

alter table stripe_invoices
  add column customer_id text collate "C" generated always as (stripe_customer_id) stored,
  add column amount bigint generated always as (total) stored;

-- What a customer's invoices are charged to: the customer's, or else that of a living subscription. What is committed
-- sets them: see commit_units_v1 of V19.
alter table customers add column default_payment_method text collate "C";
alter table subscriptions add column default_payment_method text collate "C";

create or replace view stripe_payment_methods with (security_invoker = true) as
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
  o.as_of,
  o.state ->> 'customer_id' as customer_id,
  o.id as payment_method_id,
  coalesce(o.id = coalesce(c.default_payment_method, (
    select s.default_payment_method from subscriptions s
    where s.stripe_customer_id = o.state ->> 'customer_id' and not s.gone
      and s.status not in ('incomplete', 'incomplete_expired', 'canceled') and s.default_payment_method is not null
    order by s.created_at desc, s.stripe_subscription_id limit 1)), false) as is_default
from provider_objects o
left join stripe_customer_mapping m on m.stripe_customer_id = o.state ->> 'customer_id'
left join customers c on c.id = o.state ->> 'customer_id' and not c.gone
where o.kind = 'payment_method' and not o.gone;

-- The ledger, newest first.
create index billing_events_occurred_idx on billing_events (occurred_at desc);

-- {account_id, at} -> [{user_id, usage_type, tier, amount, quota, remaining, period_start, period_end, granted}], by type:
-- what is counted for the account in its present windows, used or not.
create function account_usage_rows_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'user_id', v_account,
      'usage_type', x.usage_type,
      'tier', t.terms ->> 'tier',
      'amount', coalesce(u.amount, 0),
      'quota', (t.terms ->> 'limit')::bigint,
      'remaining', greatest(0, (t.terms ->> 'limit')::bigint
          - coalesce(u.amount - u.overage - u.full_price - u.granted, 0))
        + (t.terms ->> 'granted_left')::bigint,
      'period_start', coalesce(u.period_start, (t.terms ->> 'period_start')::timestamptz),
      'period_end', coalesce(u.period_end, (t.terms ->> 'period_end')::timestamptz),
      'granted', coalesce(u.granted, 0)) order by x.usage_type, u.period_start), '[]')
    from (
      select o.usage_type from usage_tracking o
      where o.user_id = v_account and o.period_end > v_at and o.period_start <= v_at
      union
      select f.feature from catalog_features f
      where f.tier = tier_at_v1(p) ->> 'tier' and f.kind <> 'flag' and f.included) x
    cross join lateral (
      select account_terms_v1(p || jsonb_build_object('feature', x.usage_type)) as terms) t
    left join usage_tracking u on u.user_id = v_account and u.usage_type = x.usage_type
      and u.period_end > v_at and u.period_start <= v_at);
end $$;

-- What was used in the present windows, beside what the plan and grants give: a row for each quota, used or not.
create or replace view current_usage with (security_invoker = true) as
select
  a.user_id,
  x.usage_type,
  x.tier,
  x.amount,
  x.quota,
  x.remaining,
  x.period_start,
  x.period_end,
  x.granted
from (
  select u.id as user_id from users u
  union
  select m.user_id from stripe_customer_mapping m
  union
  select t.user_id from usage_tracking t
  union
  select e.account_id from account_entitlements e
  union
  select g.user_id from grants g) a
cross join lateral jsonb_to_recordset(account_usage_rows_v1(jsonb_build_object('account_id', a.user_id, 'at', now())))
  as x(usage_type text collate "C", tier text, amount bigint, quota bigint, remaining bigint,
    period_start timestamptz, period_end timestamptz, granted bigint);

-- The tier that decides now, the subscription or grant that gives it, and what is used of each quota.
create or replace function get_user_subscription(user_id text) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_decides constant jsonb :=
    tier_at_v1(jsonb_build_object('account_id', get_user_subscription.user_id, 'at', now()));
begin
  return jsonb_build_object(
    'user_id', get_user_subscription.user_id,
    'tier', v_decides -> 'tier',
    'subscription', (
      select to_jsonb(s) - 'items' - 'as_of' - 'source' - 'gone' from subscriptions s
      where s.stripe_subscription_id = v_decides #>> '{source,subscription_id}' and not s.gone),
    'grant', (
      select jsonb_build_object('id', x.id, 'tier', x.tier, 'expires_at', x.expires_at)
      from jsonb_to_record(nullif(v_decides -> 'grant', 'null')) as x(id text, tier text, expires_at timestamptz)
      where x.id is not null),
    'usage', account_usage_rows_v1(jsonb_build_object('account_id', get_user_subscription.user_id, 'at', now())));
end $$;

create or replace function track_usage(user_id text, usage_type text, amount bigint, metadata jsonb default '{}')
returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  -- Enumerations of other programs write types in capitals.
  v_type constant text := case
    when exists (select from catalog_features f where f.feature = track_usage.usage_type) then track_usage.usage_type
    else lower(track_usage.usage_type) end;
  v_id constant text := 'use_' || replace(gen_random_uuid()::text, '-', '');
  v_terms jsonb;
  v_used jsonb;
begin
  if track_usage.amount is null or track_usage.amount < 1 then
    raise exception 'amount must be at least 1' using errcode = '22023';
  end if;
  -- The terms are read under the lock that consuming takes, too: they can't be stale.
  perform pg_advisory_xact_lock(hashtextextended('usage:' || track_usage.user_id, 0));
  v_terms := account_terms_v1(jsonb_build_object(
    'account_id', track_usage.user_id, 'feature', v_type, 'at', now()));
  if v_terms is null or v_terms ->> 'kind' = 'flag' then
    raise exception 'no plan of the catalog counts %', track_usage.usage_type using errcode = '22023',
      hint = 'The server publishes its catalog when it starts.';
  end if;
  v_used := consume_v1(jsonb_build_object('waves', jsonb_build_array(jsonb_build_array(v_terms || jsonb_build_object(
    'n', 0, 'id', v_id, 'account_id', track_usage.user_id, 'feature', v_type,
    'key', v_id, 'fingerprint', 'report', 'amount', track_usage.amount, 'at', now(), 'recorded', true,
    'metadata', nullif(track_usage.metadata, '{}'), 'included_limit', v_terms -> 'limit', 'free', (
      select jsonb_agg(o.value -> 'grant' order by o.position)
      from jsonb_array_elements(v_terms -> 'offers') with ordinality o(value, position))))))) -> 0;
  if v_used ->> 'outcome' <> 'granted' then
    raise exception 'the entitlement changed meanwhile; try again' using errcode = '55P03';
  end if;
  return jsonb_build_object(
    'used', v_used -> 'used', 'limit', v_terms -> 'limit',
    'remaining', greatest(0, (v_terms ->> 'limit')::bigint - (v_used ->> 'used')::bigint)
      + (v_used ->> 'granted_left')::bigint,
    'period_start', v_terms -> 'period_start', 'period_end', v_terms -> 'period_end');
end $$;

-- Relationships by which PostgREST embeds rows of one table into those of another: mirrored tables have no foreign
-- keys. A client asks for users?select=*,subscriptions(*,products(*)). What a subscription sells is its first item.

create function subscriptions(users) returns setof subscriptions
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select s from subscriptions s where s.user_id = $1.id and not s.gone
$$;

create function subscriptions(stripe_customers) returns setof subscriptions
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select s from subscriptions s where s.stripe_customer_id = $1.stripe_customer_id and not s.gone
$$;

create function stripe_invoices(users) returns setof stripe_invoices
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select i from stripe_customer_mapping m
  join stripe_invoices i on i.stripe_customer_id = m.stripe_customer_id and not i.gone
  where m.user_id = $1.id
$$;

create function users(subscriptions) returns setof users rows 1
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select u from users u where u.id = $1.user_id
$$;

create function prices(subscriptions) returns setof prices rows 1
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select p from prices p where p.id = $1.items -> 0 ->> 'price_id' and not p.gone
$$;

create function products(subscriptions) returns setof products rows 1
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select t from prices p join products t on t.id = p.product_id and not t.gone
  where p.id = $1.items -> 0 ->> 'price_id' and not p.gone
$$;

create function products(prices) returns setof products rows 1
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select t from products t where t.id = $1.product_id and not t.gone
$$;

create function prices(products) returns setof prices
language sql stable security invoker set search_path = "${schema}", pg_temp as $$
  select p from prices p where p.product_id = $1.id and not p.gone
$$;

-- As before, without columns that the database computes.
create or replace function move_apply_v1(p jsonb) returns jsonb
language plpgsql volatile set timezone = 'UTC'
security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_value jsonb;
  v_shape jsonb;
  v_columns text;
  v_values text;
  r record;
  u record;
begin
  if not exists (select from store_state s where s.mode = 'standby' and s.move = p ->> 'move') then
    return jsonb_build_object('refused', 'no_such_move');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('move:' || (p ->> 'item'), 0));
  select m.value into v_value from move_progress m where m.item = p ->> 'item';
  if v_value = p -> 'value' then
    return null;
  end if;
  if v_value is distinct from nullif(p -> 'expected', 'null') then
    return jsonb_build_object('refused', 'overtaken');
  end if;
  perform set_config('billing.moving', 'on', true);
  for r in
    select x ->> 'table' as name, x -> 'rows' as rows, x -> 'gone' as gone
    from jsonb_array_elements(p -> 'tables') as x
  loop
    v_shape := shape_of_v1(jsonb_build_object('table', r.name));
    execute format(
      'delete from %1$I where (%2$s) in (select %3$s from jsonb_array_elements($1) k(v))',
      r.name, v_shape ->> 'columns', replace(v_shape ->> 'values', '$1', 'k.v')) using r.gone;
    execute format(
      'delete from %1$I where (%2$s) in (select %2$s from jsonb_populate_recordset(null::%1$I, $1))',
      r.name, v_shape ->> 'columns') using r.rows;
    for u in
      select string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' order by n) as columns,
        coalesce(pg_get_expr(i.indpred, i.indrelid), 'true') as predicate
      from pg_index i cross join lateral generate_series(1, i.indnkeyatts) n
      where i.indrelid = format('"${schema}".%I', r.name)::regclass and i.indisunique and not i.indisprimary
      group by i.indexrelid, i.indrelid, i.indpred
    loop
      execute format(
        'delete from %1$I where (%2$s) in (select %2$s from jsonb_populate_recordset(null::%1$I, $1) where %3$s) and %3$s',
        r.name, u.columns, u.predicate) using r.rows;
    end loop;
    select string_agg(format('%I', a.attname), ', '),
      string_agg(
        case a.atttypid when 'jsonb'::regtype
          then format('coalesce(i.%I, case when d.v -> ''(json null)'' ? %L then jsonb ''null'' end)', a.attname, a.attname)
          else format('i.%I', a.attname) end, ', ')
    into v_columns, v_values
    from pg_attribute a
    where a.attrelid = format('"${schema}".%I', r.name)::regclass and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '';
    execute format(
      'insert into %1$I (%2$s) overriding system value
       select %3$s from jsonb_array_elements($1) d(v) cross join lateral jsonb_populate_record(null::%1$I, d.v) i',
      r.name, v_columns, v_values) using r.rows;
  end loop;
  perform set_config('billing.moving', 'off', true);
  insert into move_progress as m (item, value) values (p ->> 'item', p -> 'value')
  on conflict (item) do update set value = excluded.value;
  return null;
end $$;

select secure_schema_v1('{}');
