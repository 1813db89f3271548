-- What a visitor used before signing in counts against the limits of the account that claims the session.

create index anonymous_sessions_claimed_at_idx on anonymous_sessions (claimed_at) where claimed_at is not null;

-- {session, account_id} -> whether there was anything to move
create function move_usage_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_session constant text := p ->> 'session';
  v_account constant text := p ->> 'account_id';
  v_moved integer;
begin
  perform pg_advisory_xact_lock(hashtextextended(z.account_id, 26))
  from (select x.account_id from (values (v_session), (v_account)) x(account_id) order by x.account_id) z;
  with gone as (
    delete from usage_tracking u where u.user_id = v_session returning u.*
  )
  insert into usage_tracking as t (
    user_id, usage_type, period_start, period_end, amount, overage, full_price, granted)
  select v_account, g.usage_type, g.period_start, g.period_end, g.amount, g.overage, g.full_price, g.granted
  from gone g
  on conflict (user_id, period_end, usage_type, period_start) do update set
    amount = t.amount + excluded.amount, overage = t.overage + excluded.overage,
    full_price = t.full_price + excluded.full_price, granted = t.granted + excluded.granted,
    updated_at = now();
  get diagnostics v_moved = row_count;
  -- What the account did under a key of its own stays what the key stands for.
  update consumptions c set
    user_id = v_account,
    idempotency_key = case
      when exists (
        select 1 from consumptions o where o.user_id = v_account and o.idempotency_key = c.idempotency_key)
      then v_session || ' ' || c.idempotency_key
      else c.idempotency_key
    end
  where c.user_id = v_session;
  return to_jsonb(v_moved > 0);
end $$;

-- {hash, account_id, now} -> the session as it is then, whoever claimed it first, or null
create function claim_anonymous_session_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_session text;
begin
  update anonymous_sessions s
  set claimed_by = p ->> 'account_id', claimed_at = (p ->> 'now')::timestamptz
  where s.hash = p ->> 'hash' and s.claimed_by is null
  returning s.id into v_session;
  if found then
    perform move_usage_v1(jsonb_build_object('session', v_session, 'account_id', p ->> 'account_id'));
  end if;
  return (select to_jsonb(s) - 'hash' from anonymous_sessions s where s.hash = p ->> 'hash');
end $$;

-- {since} -> accounts whose sessions, claimed since, had used something all the same
create function gather_usage_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_accounts jsonb := '[]';
  v_late record;
begin
  for v_late in
    select s.id, s.claimed_by from anonymous_sessions s
    where s.claimed_at >= (p ->> 'since')::timestamptz
    order by s.claimed_at desc
    limit 1000
  loop
    if exists (select 1 from usage_tracking u where u.user_id = v_late.id) then
      perform move_usage_v1(jsonb_build_object('session', v_late.id, 'account_id', v_late.claimed_by));
      v_accounts := v_accounts || jsonb_build_array(jsonb_build_object('account_id', v_late.claimed_by));
    end if;
  end loop;
  return v_accounts;
end $$;

select secure_schema_v1('{}');
