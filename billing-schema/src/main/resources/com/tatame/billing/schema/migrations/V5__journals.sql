-- Writes the command down unless one of the same account, kind and target is open.
-- command -> the command as it now stands: this one, or the open one in its way
create function open_command_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_found jsonb;
begin
  for attempt in 1 .. 10 loop
    insert into commands (id, account_id, kind, target, params, state, generation, created_at,
      first_sent_at, result, error)
    select x.id, x.account_id, x.kind, x.target, x.params, x.state, x.generation, x.created_at,
      x.first_sent_at, x.result, x.error
    from jsonb_to_record(p) as x(
      id text, account_id text, kind text, target text, params jsonb, state text, generation integer,
      created_at timestamptz, first_sent_at timestamptz, result text, error text)
    on conflict do nothing;
    select to_jsonb(c) into v_found from commands c where c.id = p ->> 'id';
    if found then
      return v_found;
    end if;
    select to_jsonb(c) into v_found from commands c
    where c.account_id = p ->> 'account_id' and c.kind = p ->> 'kind' and c.target = p ->> 'target'
      and c.state in ('planned', 'sending', 'unknown');
    if found then
      return v_found;
    end if;
    -- The one in the way was settled in between.
  end loop;
  raise exception 'the command could not be written' using errcode = 'lock_not_available';
end $$;

-- {id, lease, now, lease_until} -> the command, now sending, or null
create function begin_command_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  update commands c
  set state = 'sending', lease = p ->> 'lease', lease_until = (p ->> 'lease_until')::timestamptz,
    first_sent_at = coalesce(c.first_sent_at, (p ->> 'now')::timestamptz)
  where c.id = p ->> 'id'
    and (c.state in ('planned', 'unknown')
      or (c.state = 'sending'
        and (c.lease = p ->> 'lease' or c.lease_until <= (p ->> 'now')::timestamptz)))
  returning to_jsonb(c)
$$;

-- {id, lease, state, result, error, now} -> whether the lease still held. An end that is repeated after
-- its answer was lost holds, too.
create function end_command_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update commands c
  set state = p ->> 'state', result = p ->> 'result', error = p ->> 'error', lease_until = null,
    settled_at = case when p ->> 'state' in ('succeeded', 'rejected', 'needs_operator')
      then (p ->> 'now')::timestamptz end
  where c.id = p ->> 'id' and c.lease = p ->> 'lease'
    and (c.state = 'sending' or c.state = p ->> 'state');
  return to_jsonb(found);
end $$;

create function find_command_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from commands c where c.id = p ->> 'id');
end $$;

-- {account_id, kind, target} -> the latest command that succeeded, or null
create function last_succeeded_command_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from commands c
    where c.account_id = p ->> 'account_id' and c.kind = p ->> 'kind' and c.target = p ->> 'target'
      and c.state = 'succeeded'
    order by c.created_at desc, c.id desc
    limit 1);
end $$;

-- {before, now, limit} -> unsettled commands that nobody sends, oldest first
create function abandoned_commands_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(z)), '[]')
    from (
      select c.* from commands c
      where c.state in ('planned', 'sending', 'unknown')
        and c.created_at < (p ->> 'before')::timestamptz
        and (c.state <> 'sending' or c.lease_until <= (p ->> 'now')::timestamptz)
      order by c.created_at, c.id
      limit (p ->> 'limit')::integer) z);
end $$;

-- {account_id, key, fingerprint, now, lease_until} -> {outcome, status, body}
create function reserve_key_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_key idempotency_keys;
begin
  for attempt in 1 .. 10 loop
    insert into idempotency_keys (account_id, key, fingerprint, lease_until, created_at)
    values (p ->> 'account_id', p ->> 'key', p ->> 'fingerprint', (p ->> 'lease_until')::timestamptz, v_now)
    on conflict (account_id, key) do nothing;
    if found then
      return jsonb_build_object('outcome', 'fresh');
    end if;
    select k.* into v_key from idempotency_keys k
    where k.account_id = p ->> 'account_id' and k.key = p ->> 'key' for no key update;
    if found then
      if v_key.fingerprint <> p ->> 'fingerprint' then
        return jsonb_build_object('outcome', 'reused');
      elsif v_key.status is not null then
        return jsonb_build_object('outcome', 'replay', 'status', v_key.status, 'body', v_key.body);
      elsif v_key.lease_until > v_now then
        return jsonb_build_object('outcome', 'running');
      end if;
      update idempotency_keys k set lease_until = (p ->> 'lease_until')::timestamptz
      where k.account_id = p ->> 'account_id' and k.key = p ->> 'key';
      return jsonb_build_object('outcome', 'fresh');
    end if;
    -- It was released in between.
  end loop;
  raise exception 'the key could not be reserved' using errcode = 'lock_not_available';
end $$;

-- {account_id, key, status, body}
create function complete_key_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  update idempotency_keys k set status = (p ->> 'status')::integer, body = p ->> 'body'
  where k.account_id = p ->> 'account_id' and k.key = p ->> 'key';
  select 'null'::jsonb
$$;

-- {account_id, key}: forgets the reservation, never an answer
create function release_key_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  delete from idempotency_keys k
  where k.account_id = p ->> 'account_id' and k.key = p ->> 'key' and k.status is null;
  select 'null'::jsonb
$$;

-- {before} -> how many
create function prune_keys_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  with gone as (
    delete from idempotency_keys k where k.created_at < (p ->> 'before')::timestamptz returning 1
  )
  select to_jsonb(count(*)) from gone
$$;
