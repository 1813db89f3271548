\set n random(1, 9000000000000000000)
\set customer random(1, :customers)
begin;
insert into events_jsonb (stripe_event_id, event_type, payload)
values ('evt_' || :n::bigint, 'customer.subscription.updated', :payload) on conflict do nothing;
insert into subscriptions (stripe_subscription_id, stripe_customer_id, status, cancel_at_period_end,
  current_period_start, current_period_end)
values ('sub_' || :customer::bigint, 'cus_' || :customer::bigint, 'active', false, now(), now() + interval '30 days')
on conflict (stripe_subscription_id) do update set status = excluded.status,
  cancel_at_period_end = excluded.cancel_at_period_end, current_period_start = excluded.current_period_start,
  current_period_end = excluded.current_period_end, updated_at = now();
end;
