-- Identifiers compare byte by byte (collate "C"): they sort the same in SQL, in Java and after a move.
-- Mirrored tables have no foreign keys to each other: an invoice may well arrive before its subscription.
-- A mirrored row whose object is gone keeps what was known; one that was never seen holds nothing else.

-- Accounts and whose customers they are ------------------------------------------------------------

create table users (
  id            text collate "C" primary key,
  clerk_user_id text collate "C",
  issuer        text collate "C" not null,
  subject       text collate "C" not null,
  email         text,
  name          text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

create table stripe_customer_mapping (
  user_id            text collate "C" not null,
  clerk_user_id      text collate "C",
  stripe_customer_id text collate "C" not null,
  email              text,
  name               text,
  created_at         timestamptz not null,
  constraint stripe_customer_mapping_user_id_key primary key (user_id),
  constraint stripe_customer_mapping_stripe_customer_id_key unique (stripe_customer_id)
);

-- Mirrored state -----------------------------------------------------------------------------------

create table customers (
  id         text collate "C" primary key,
  account_id text collate "C",
  email      text,
  name       text,
  delinquent boolean,
  created_at timestamptz,
  as_of      timestamptz not null,
  source     text not null,
  gone       boolean not null default false,
  updated_at timestamptz not null default now(),
  constraint customers_source_check check (source in ('snapshot', 'read')),
  constraint customers_whole_check check (gone or (delinquent is not null and created_at is not null))
) with (fillfactor = 80);

create table subscriptions (
  stripe_subscription_id text collate "C" primary key,
  stripe_customer_id     text collate "C" not null,
  user_id                text collate "C",
  account_id             text collate "C",
  status                 text,
  tier                   text,
  billing_interval       text,
  items                  jsonb,
  current_period_start   timestamptz,
  current_period_end     timestamptz,
  trial_start            timestamptz,
  trial_end              timestamptz,
  cancel_at_period_end   boolean,
  cancel_at              timestamptz,
  canceled_at            timestamptz,
  cancel_reason          text,
  ended_at               timestamptz,
  collection_paused      jsonb,
  discount               jsonb,
  created_at             timestamptz,
  as_of                  timestamptz not null,
  source                 text not null,
  gone                   boolean not null default false,
  updated_at             timestamptz not null default now(),
  constraint subscriptions_source_check check (source in ('snapshot', 'read')),
  constraint subscriptions_status_check check (status in (
    'incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled')),
  constraint subscriptions_whole_check check (gone or (
    status is not null and items is not null and created_at is not null and cancel_at_period_end is not null
    and current_period_start is not null and current_period_end is not null))
) with (fillfactor = 70);
create index subscriptions_customer_idx on subscriptions (stripe_customer_id);
create index subscriptions_user_idx on subscriptions (user_id, created_at desc, stripe_subscription_id);

create table stripe_invoices (
  stripe_invoice_id       text collate "C" primary key,
  stripe_customer_id      text collate "C" not null,
  stripe_subscription_id  text collate "C",
  number                  text,
  status                  text,
  billing_reason          text,
  currency                text,
  total                   bigint,
  amount_due              bigint,
  amount_paid             bigint,
  attempt_count           integer,
  next_payment_attempt    timestamptz,
  period_start            timestamptz,
  period_end              timestamptz,
  finalized_at            timestamptz,
  paid_at                 timestamptz,
  voided_at               timestamptz,
  marked_uncollectible_at timestamptz,
  created_at              timestamptz,
  as_of                   timestamptz not null,
  source                  text not null,
  gone                    boolean not null default false,
  updated_at              timestamptz not null default now(),
  constraint stripe_invoices_source_check check (source in ('snapshot', 'read')),
  constraint stripe_invoices_status_check check (status in ('draft', 'open', 'paid', 'void', 'uncollectible')),
  constraint stripe_invoices_whole_check check (gone or (
    status is not null and currency is not null and total is not null and amount_due is not null
    and amount_paid is not null and attempt_count is not null and period_start is not null
    and period_end is not null and created_at is not null))
) with (fillfactor = 80);
create index stripe_invoices_customer_idx on stripe_invoices (stripe_customer_id);
create index stripe_invoices_open_idx on stripe_invoices (stripe_customer_id) where status = 'open' and not gone;

create table checkout_sessions (
  id                     text collate "C" primary key,
  stripe_customer_id     text collate "C",
  account_id             text collate "C",
  command_id             text collate "C",
  status                 text,
  paid                   boolean,
  url                    text,
  stripe_subscription_id text collate "C",
  expires_at             timestamptz,
  created_at             timestamptz,
  as_of                  timestamptz not null,
  source                 text not null,
  gone                   boolean not null default false,
  updated_at             timestamptz not null default now(),
  constraint checkout_sessions_source_check check (source in ('snapshot', 'read')),
  constraint checkout_sessions_status_check check (status in ('open', 'complete', 'expired')),
  constraint checkout_sessions_whole_check check (gone or (
    status is not null and paid is not null and expires_at is not null and created_at is not null))
) with (fillfactor = 80);

create table products (
  id          text collate "C" primary key,
  name        text,
  description text,
  active      boolean,
  metadata    jsonb,
  created_at  timestamptz,
  as_of       timestamptz not null,
  source      text not null,
  gone        boolean not null default false,
  updated_at  timestamptz not null default now(),
  constraint products_source_check check (source in ('snapshot', 'read')),
  constraint products_whole_check check (gone or (
    name is not null and active is not null and metadata is not null and created_at is not null))
);

create table prices (
  id              text collate "C" primary key,
  product_id      text collate "C",
  active          boolean,
  currency        text,
  unit_amount     bigint,
  recurring_unit  text,
  recurring_count integer,
  metered         boolean,
  lookup_key      text collate "C",
  metadata        jsonb,
  created_at      timestamptz,
  as_of           timestamptz not null,
  source          text not null,
  gone            boolean not null default false,
  updated_at      timestamptz not null default now(),
  constraint prices_source_check check (source in ('snapshot', 'read')),
  constraint prices_recurrence_check check (
    (recurring_unit is null) = (recurring_count is null) and (recurring_unit is null) = (metered is null)),
  constraint prices_whole_check check (gone or (
    product_id is not null and active is not null and currency is not null and metadata is not null
    and created_at is not null))
);
create index prices_product_idx on prices (product_id, id);
create index prices_lookup_key_idx on prices (lookup_key) where active and not gone;

-- Facts and what is derived ------------------------------------------------------------------------

create table billing_events (
  fact_key        text collate "C" primary key,
  subject_id      text collate "C" not null,
  subscription_id text collate "C",
  stripe_event_id text collate "C",
  event_type      text collate "C" not null,
  amount          bigint,
  currency        text,
  status          text not null,
  occurred_at     timestamptz not null,
  recorded_at     timestamptz not null default now(),
  constraint billing_events_money_check check ((amount is null) = (currency is null))
);
create index billing_events_subject_idx on billing_events (subject_id, occurred_at);
create index billing_events_subscription_idx on billing_events (subscription_id, occurred_at);

create table account_entitlements (
  account_id text collate "C" primary key,
  sources    jsonb not null,
  updated_at timestamptz not null default now(),
  constraint account_entitlements_sources_check check (jsonb_typeof(sources) = 'array')
) with (fillfactor = 80);

-- Consistency --------------------------------------------------------------------------------------

create table subjects (
  id         text collate "C" primary key,
  version    bigint not null default 0,
  proven_at  timestamptz
) with (fillfactor = 50);

-- priority: 0 ambiguous, 1 entitling, 2 routine
create table pending_reads (
  kind       text collate "C" not null,
  object_id  text collate "C" not null,
  subject_id text collate "C" not null,
  priority   smallint not null,
  since      timestamptz not null,
  constraint pending_reads_pkey primary key (kind, object_id),
  constraint pending_reads_priority_check check (priority between 0 and 2)
) with (fillfactor = 70);
create index pending_reads_urgency_idx on pending_reads (priority, since, kind, object_id);

-- Outgoing mutations -------------------------------------------------------------------------------

create table commands (
  id            text collate "C" primary key,
  account_id    text collate "C" not null,
  kind          text collate "C" not null,
  target        text collate "C" not null,
  params        jsonb not null,
  state         text not null,
  generation    integer not null,
  created_at    timestamptz not null,
  first_sent_at timestamptz,
  lease         text collate "C",
  lease_until   timestamptz,
  result        text,
  error         text,
  settled_at    timestamptz,
  constraint commands_state_check check (state in (
    'planned', 'sending', 'unknown', 'succeeded', 'rejected', 'needs_operator'))
) with (fillfactor = 70);
create unique index commands_one_open_key on commands (account_id, kind, target)
  where state in ('planned', 'sending', 'unknown');
create index commands_open_idx on commands (created_at, id) where state in ('planned', 'sending', 'unknown');
create index commands_succeeded_idx on commands (account_id, kind, target, created_at desc, id desc)
  where state = 'succeeded';

create table idempotency_keys (
  account_id  text collate "C" not null,
  key         text collate "C" not null,
  fingerprint text collate "C" not null,
  lease_until timestamptz not null,
  status      integer,
  body        text,
  created_at  timestamptz not null,
  constraint idempotency_keys_pkey primary key (account_id, key)
) with (fillfactor = 70);
create index idempotency_keys_created_idx on idempotency_keys (created_at);

-- The inbox: the wide row is only ever inserted, its state lives in a narrow row that goes when it is done --

create sequence webhook_seq;

create table webhook_events (
  seq              bigint not null default nextval('webhook_seq'),
  stripe_event_id  text collate "C" not null,
  event_type       text collate "C" not null,
  lane             text collate "C",
  livemode         boolean not null,
  api_version      text,
  provider_account text collate "C",
  created_at       timestamptz not null,
  received_at      timestamptz not null,
  raw_data         text not null,
  constraint webhook_events_pkey primary key (seq),
  constraint webhook_events_stripe_event_id_key unique (stripe_event_id)
);
alter sequence webhook_seq owned by webhook_events.seq;
create index webhook_events_lane_idx on webhook_events (lane, seq) where lane is not null;

-- A server that was built without lz4 keeps its own default.
do $$
begin
  alter table webhook_events alter column raw_data set compression lz4;
exception when feature_not_supported then
  null;
end $$;

-- A dead letter waits for ever: next_attempt_at is infinity, so the claim's index never shows it.
create table webhook_queue (
  seq             bigint primary key,
  lane            text collate "C",
  next_attempt_at timestamptz not null,
  claim           bigint,
  retry_count     integer not null default 0,
  status          text not null default 'received',
  error           text,
  constraint webhook_queue_status_check check (status in ('received', 'retrying', 'dead'))
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000);
create index webhook_queue_due_idx on webhook_queue (next_attempt_at, seq);

create table claims (
  id          bigint primary key,
  seqs        bigint[] not null,
  lease_until timestamptz not null
) with (fillfactor = 50);
create index claims_lease_idx on claims (lease_until);

create table webhook_log (
  seq         bigint primary key,
  claim       bigint not null,
  at          timestamptz not null,
  status      text not null,
  retry_count integer not null,
  error       text,
  constraint webhook_log_status_check check (status in ('processed', 'ignored'))
);
