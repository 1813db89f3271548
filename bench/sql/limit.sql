-- What the database itself can do: the rows that a webhook leaves, and nothing around them.
create table events_text (
  stripe_event_id text primary key,
  event_type text not null,
  payload text compression lz4 not null,
  received_at timestamptz not null default now()
);
create table events_jsonb (
  stripe_event_id text primary key,
  event_type text not null,
  payload jsonb not null,
  received_at timestamptz not null default now()
);
create table subscriptions (
  stripe_subscription_id text primary key,
  stripe_customer_id text not null,
  status text not null,
  cancel_at_period_end boolean not null,
  current_period_start timestamptz not null,
  current_period_end timestamptz not null,
  updated_at timestamptz not null default now()
) with (fillfactor = 70);
create index on subscriptions (stripe_customer_id);
create table usage_quota (
  account_id text not null,
  feature text not null,
  period_start timestamptz not null,
  used bigint not null,
  updated_at timestamptz not null default now(),
  primary key (account_id, feature, period_start)
) with (fillfactor = 70);
