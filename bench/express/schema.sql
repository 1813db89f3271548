create table stripe_webhook_events (
  id bigint generated always as identity primary key,
  event_id text not null unique,
  event_type text not null,
  data jsonb not null,
  received_at timestamptz not null default now(),
  processed_at timestamptz
);
create table subscriptions (
  stripe_subscription_id text primary key,
  stripe_customer_id text not null,
  status text not null,
  tier text,
  billing_interval text,
  cancel_at_period_end boolean not null,
  current_period_start timestamptz not null,
  current_period_end timestamptz not null,
  updated_at timestamptz not null default now()
);
create index on subscriptions (stripe_customer_id);
