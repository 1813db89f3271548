create table stripe_customer_mapping (
  user_id text primary key,
  stripe_customer_id text not null unique
);
create table usage_quotas (
  user_id text not null,
  usage_type text not null,
  period_start timestamptz not null,
  amount bigint not null,
  updated_at timestamptz not null default now(),
  primary key (user_id, usage_type, period_start)
);
insert into stripe_customer_mapping (user_id, stripe_customer_id)
select 'user_' || i, 'cus_' || i from generate_series(0, 9999) as i;
insert into subscriptions (stripe_subscription_id, stripe_customer_id, status, tier, billing_interval,
  cancel_at_period_end, current_period_start, current_period_end)
select 'sub_' || i, 'cus_' || i, 'active', 'pro', 'monthly', false, now(), now() + interval '30 days'
from generate_series(0, 9999) as i;
insert into usage_quotas (user_id, usage_type, period_start, amount)
select 'user_' || i, 'reviews', date_trunc('month', now()), 1 from generate_series(0, 9999) as i;
create table products (
  id text primary key,
  name text not null,
  description text,
  active boolean not null,
  metadata jsonb not null
);
create table prices (
  id text primary key,
  product_id text not null references products,
  active boolean not null,
  unit_amount bigint not null,
  currency text not null,
  billing_interval text not null,
  lookup_key text not null unique
);
create index on prices (product_id);
insert into products
select 'prod_' || i, 'Product ' || i, 'Product ' || i, true, jsonb_build_object('tier', 'tier_' || i)
from generate_series(1, 3) as i;
insert into prices
select 'price_' || i || '_' || interval, 'prod_' || i, true, i * 1000, 'usd', interval, 'key_' || i || '_' || interval
from generate_series(1, 3) as i, unnest(array['month', 'year']) as interval;
