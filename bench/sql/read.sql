\set account random(1, :customers)
select q.feature, q.used from usage_quota q where q.account_id = 'user_' || :account::bigint;
