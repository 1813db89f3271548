\set n random(1, 9000000000000000000)
insert into events_jsonb (stripe_event_id, event_type, payload)
values ('evt_' || :n::bigint, 'customer.subscription.updated', :payload::jsonb) on conflict do nothing;
