\set n random(1, 9000000000000000000)
insert into events_text (stripe_event_id, event_type, payload)
values ('evt_' || :n::bigint, 'customer.subscription.updated', :payload) on conflict do nothing;
