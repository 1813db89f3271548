-- security_invoker: a view must not show more than its reader may see in the tables.

create view stripe_webhook_events with (security_invoker = true) as
select
  e.seq,
  e.stripe_event_id,
  e.event_type,
  case
    when q.seq is null then l.status
    when q.claim is not null then 'processing'
    else q.status
  end as status,
  case when q.seq is null then l.at end as processed_at,
  coalesce(q.retry_count, l.retry_count, 0) as retry_count,
  case when q.seq is null then l.error else q.error end as error,
  case when q.claim is null then nullif(q.next_attempt_at, 'infinity') end as next_attempt_at,
  e.livemode,
  e.api_version,
  e.provider_account,
  e.lane,
  e.created_at,
  e.received_at,
  e.raw_data
from webhook_events e
left join webhook_queue q on q.seq = e.seq
left join webhook_log l on l.seq = e.seq;

create view stripe_customers with (security_invoker = true) as
select
  c.id,
  m.user_id,
  c.id as stripe_customer_id,
  c.email,
  c.name,
  c.delinquent,
  c.created_at
from customers c
left join stripe_customer_mapping m on m.stripe_customer_id = c.id
where not c.gone;

create view stripe_subscriptions with (security_invoker = true) as
select
  s.stripe_subscription_id as id,
  s.stripe_customer_id as customer_id,
  s.stripe_subscription_id as subscription_id,
  s.user_id,
  s.status,
  s.items -> 0 ->> 'price_id' as price_id,
  s.tier,
  s.billing_interval,
  s.current_period_start,
  s.current_period_end,
  s.trial_start,
  s.trial_end,
  s.cancel_at_period_end,
  s.cancel_at,
  s.canceled_at,
  s.created_at
from subscriptions s
where not s.gone;
