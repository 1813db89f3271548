\set account random(1, :customers)
insert into usage_quota as t (account_id, feature, period_start, used)
values ('user_' || :account::bigint, 'reviews', '2026-01-01', 1)
on conflict (account_id, feature, period_start) do update set used = t.used + 1, updated_at = now()
where t.used < 900000000
returning used;
