-- Whether what was read of accounts is still so, asked about many of them at once.

-- {accounts: [id], now} -> {account: state}. A state is another one once anything is that account_usage_v3
-- answers: it names the transactions that wrote the rows, and whoever writes one has a number of its own. Windows
-- that have ended are left out, as they are there.
create function account_states_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
begin
  return (
    select coalesce(jsonb_object_agg(a.id, concat(
      (select e.xmin::text from account_entitlements e where e.account_id = a.id), ';',
      (select string_agg(u.xmin::text, ',' order by u.xmin::text) from usage_tracking u
        where u.user_id = a.id and u.period_end > v_now), ';',
      (select string_agg(g.xmin::text, ',' order by g.xmin::text) from grants g where g.user_id = a.id))), '{}')
    from jsonb_array_elements_text(p -> 'accounts') a(id));
end $$;

-- As account_usage_v2, with {state}.
create function account_usage_v3(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return account_usage_v2(p) || jsonb_build_object('state', account_states_v1(
    jsonb_build_object('accounts', jsonb_build_array(p -> 'account_id'), 'now', p -> 'now'))
    -> (p ->> 'account_id'));
end $$;

select secure_schema_v1('{}');
