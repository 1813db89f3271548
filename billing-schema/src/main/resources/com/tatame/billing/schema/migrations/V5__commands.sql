-- Commands to the provider, their idempotency keys, and recurring tasks.

-- Mutations at the provider. A command that needs an operator keeps its place until it is resolved: while it is not
-- known whether it was executed, no other of its account, kind and target may be.
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
  -- [{outcome, result, reason, by, at}], oldest first
  resolutions   jsonb not null default '[]',
  -- A hash of the caller's idempotency key and its scope.
  request_key   text collate "C",
  constraint commands_state_check check (state in (
    'planned', 'sending', 'unknown', 'succeeded', 'rejected', 'needs_operator'))
) with (fillfactor = 70);
create index commands_open_idx on commands (created_at, id) where state in ('planned', 'sending', 'unknown');
create index commands_succeeded_idx on commands (account_id, kind, target, created_at desc, id desc)
  where state = 'succeeded';
create unique index commands_one_open_key on commands (account_id, kind, target)
  where state in ('planned', 'sending', 'unknown', 'needs_operator');
create index commands_newest_idx on commands (created_at desc, id desc);
create index commands_account_idx on commands (account_id, created_at desc, id desc);
create index commands_state_idx on commands (state, created_at desc, id desc);
-- Manual discounts are commands: the journal alone knows what gave and what removed each.
create index commands_discounts_idx on commands (created_at desc, id desc) where kind = 'give_discount';
create index commands_account_discounts_idx on commands (account_id, created_at desc, id desc)
  where kind = 'give_discount';
create index commands_of_discount_idx on commands (target, kind, created_at desc, id desc)
  where kind in ('give_discount', 'remove_discount');
create index commands_request_idx on commands (request_key, created_at, id) where request_key is not null;

-- Requests under an idempotency key and their answers. The lease is short, and extended while its holder works; it
-- names the attempt that holds the key, so that an attempt whose key was taken over writes nothing.
create table idempotency_keys (
  account_id  text collate "C" not null,
  key         text collate "C" not null,
  fingerprint text collate "C" not null,
  lease_until timestamptz not null,
  status      integer,
  body        text,
  created_at  timestamptz not null,
  lease       text collate "C",
  constraint idempotency_keys_pkey primary key (account_id, key)
) with (fillfactor = 70);
create index idempotency_keys_created_idx on idempotency_keys (created_at);

-- What one node at a time does now and then.
create table recurring_tasks (
  name        text collate "C" primary key,
  position    text,
  next_at     timestamptz not null,
  runner      text collate "C",
  lease_until timestamptz
) with (fillfactor = 50);

-- Discounts that administrators gave.
create view manual_discounts with (security_invoker = true) as
select
  c.target as id,
  c.account_id as user_id,
  c.params ->> 'subscription' as stripe_subscription_id,
  (c.params ->> 'percent_off')::numeric as percent_off,
  (c.params ->> 'amount_off')::bigint as amount_off,
  c.params ->> 'currency' as currency,
  c.params ->> 'duration' as duration,
  (c.params ->> 'months')::integer as duration_in_months,
  c.params ->> 'reason' as reason,
  c.params ->> 'by' as given_by,
  c.created_at as given_at,
  case c.state when 'succeeded' then 'given' when 'rejected' then 'rejected'
    when 'needs_operator' then 'undecided' else 'pending' end as status,
  r.created_at as removed_at,
  r.params ->> 'by' as removed_by,
  r.params ->> 'reason' as removed_reason
from commands c
left join lateral (
  select x.* from commands x
  where x.target = c.target and x.kind = 'remove_discount' and x.account_id = c.account_id
    and x.state = 'succeeded'
  order by x.created_at desc, x.id desc limit 1) r on true
where c.kind = 'give_discount' and not exists (
  select from commands n
  where n.target = c.target and n.kind = 'give_discount'
    and (n.state = 'succeeded', n.created_at, n.id) > (c.state = 'succeeded', c.created_at, c.id));

-- A command -> the command as it is stored now: this one, or the open one of the same account, kind and target
create function open_command_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_found jsonb;
begin
  for attempt in 1 .. 10 loop
    insert into commands (id, account_id, kind, target, params, state, generation, created_at,
      first_sent_at, result, error, request_key)
    select x.id, x.account_id, x.kind, x.target, x.params, x.state, x.generation, x.created_at,
      x.first_sent_at, x.result, x.error, x.request_key
    from jsonb_to_record(p) as x(
      id text, account_id text, kind text, target text, params jsonb, state text, generation integer,
      created_at timestamptz, first_sent_at timestamptz, result text, error text, request_key text)
    on conflict do nothing;
    select to_jsonb(c) into v_found from commands c where c.id = p ->> 'id';
    if found then
      return v_found;
    end if;
    select to_jsonb(c) into v_found from commands c
    where c.account_id = p ->> 'account_id' and c.kind = p ->> 'kind' and c.target = p ->> 'target'
      and c.state in ('planned', 'sending', 'unknown', 'needs_operator');
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

-- {id, lease, lease_until} -> whether the lease still holds
create function extend_command_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update commands c set lease_until = (p ->> 'lease_until')::timestamptz
  where c.id = p ->> 'id' and c.lease = p ->> 'lease' and c.state = 'sending';
  return to_jsonb(found);
end $$;

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

-- {id, lease, generation, now, lease_until} -> the command under the generation after the given one, or
-- null once the lease is lost. Asked again it answers the same.
create function renew_command_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  update commands c
  set generation = (p ->> 'generation')::integer + 1, first_sent_at = (p ->> 'now')::timestamptz,
    lease_until = (p ->> 'lease_until')::timestamptz
  where c.id = p ->> 'id' and c.lease = p ->> 'lease' and c.state = 'sending'
  returning to_jsonb(c)
$$;

-- {id} -> the command or null
create function find_command_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from commands c where c.id = p ->> 'id');
end $$;

-- {account_id, kind, target} -> the open command, or null
create function find_open_command_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from commands c
    where c.account_id = p ->> 'account_id' and c.kind = p ->> 'kind' and c.target = p ->> 'target'
      and c.state in ('planned', 'sending', 'unknown', 'needs_operator'));
end $$;

-- {request_key} -> the commands that were made for it, oldest first
create function commands_of_request_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(c) order by c.created_at, c.id), '[]')
    from commands c where c.request_key = p ->> 'request_key');
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

-- {before, now, limit} -> unsettled commands without a lease that holds, oldest first
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

-- {state, account_id, before, limit} -> commands, newest first
create function list_commands_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant text := p ->> 'state';
  v_account constant text := p ->> 'account_id';
  v_limit constant integer := (p ->> 'limit')::integer;
  v_created_at timestamptz := 'infinity';
  v_id text := '';
  v_ids text[];
begin
  if p ->> 'before' is not null then
    select c.created_at, c.id into v_created_at, v_id from commands c where c.id = p ->> 'before';
    if not found then
      return '[]';
    end if;
  end if;
  -- One query for each index, since a plan that is kept must suit all that is asked.
  if v_account is not null then
    v_ids := array(
      select c.id from commands c
      where c.account_id = v_account and (v_state is null or c.state = v_state)
        and (c.created_at, c.id) < (v_created_at, v_id)
      order by c.created_at desc, c.id desc limit v_limit);
  elsif v_state is not null then
    v_ids := array(
      select c.id from commands c
      where c.state = v_state and (c.created_at, c.id) < (v_created_at, v_id)
      order by c.created_at desc, c.id desc limit v_limit);
  else
    v_ids := array(
      select c.id from commands c where (c.created_at, c.id) < (v_created_at, v_id)
      order by c.created_at desc, c.id desc limit v_limit);
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(c) order by c.created_at desc, c.id desc)
    from commands c where c.id = any (v_ids)), '[]');
end $$;

-- {} -> how many need an operator
create function undecided_commands_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select to_jsonb(count(*)) from commands c where c.state = 'needs_operator');
end $$;

-- {id, generation, state, resolution} -> the command as it is then, or null if it does not need an operator
create function resolve_command_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  update commands c
  set state = p ->> 'state',
    resolutions = c.resolutions || jsonb_build_array(p -> 'resolution'),
    result = p -> 'resolution' ->> 'result',
    error = case when p ->> 'state' <> 'planned' then c.error end,
    generation = c.generation + case when p ->> 'state' = 'planned' then 1 else 0 end,
    first_sent_at = case when p ->> 'state' <> 'planned' then c.first_sent_at end,
    settled_at = case when p ->> 'state' <> 'planned' then (p -> 'resolution' ->> 'at')::timestamptz end
  where c.id = p ->> 'id' and c.state = 'needs_operator' and c.generation = (p ->> 'generation')::integer
  returning to_jsonb(c)
$$;

-- {id} -> {given: command, removed: command or null}, of each the one that succeeded, else the last; null if
-- nothing gives it
create function find_discount_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_build_object('given', to_jsonb(c), 'removed', (
      select to_jsonb(r) from commands r
      where r.target = c.target and r.kind = 'remove_discount' and r.account_id = c.account_id
      order by r.state = 'succeeded' desc, r.created_at desc, r.id desc limit 1))
    from commands c
    where c.target = p ->> 'id' and c.kind = 'give_discount'
    order by c.state = 'succeeded' desc, c.created_at desc, c.id desc limit 1);
end $$;

-- {account_id, before, limit} -> [{given, removed}], those given last first; before is the id of a discount. One
-- whose command was rejected and given anew stands where it was given.
create function list_discounts_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_last constant jsonb := case when p ->> 'before' is null then null
    else find_discount_v1(jsonb_build_object('id', p -> 'before')) -> 'given' end;
  v_at constant timestamptz := coalesce((v_last ->> 'created_at')::timestamptz,
    case when p ->> 'before' is null then 'infinity'::timestamptz else '-infinity' end);
  v_id constant text := coalesce(v_last ->> 'id', '');
  v_targets text[];
begin
  if p ->> 'account_id' is not null then
    select array_agg(z.target order by z.created_at desc, z.id desc) into v_targets
    from (
      select c.target, c.created_at, c.id from commands c
      where c.kind = 'give_discount' and c.account_id = p ->> 'account_id'
        and (c.created_at, c.id) < (v_at, v_id)
        and not exists (
          select from commands n
          where n.target = c.target and n.kind = 'give_discount'
            and (n.state = 'succeeded', n.created_at, n.id) > (c.state = 'succeeded', c.created_at, c.id))
      order by c.created_at desc, c.id desc limit (p ->> 'limit')::integer) z;
  else
    select array_agg(z.target order by z.created_at desc, z.id desc) into v_targets
    from (
      select c.target, c.created_at, c.id from commands c
      where c.kind = 'give_discount' and (c.created_at, c.id) < (v_at, v_id)
        and not exists (
          select from commands n
          where n.target = c.target and n.kind = 'give_discount'
            and (n.state = 'succeeded', n.created_at, n.id) > (c.state = 'succeeded', c.created_at, c.id))
      order by c.created_at desc, c.id desc limit (p ->> 'limit')::integer) z;
  end if;
  return (
    select coalesce(jsonb_agg(find_discount_v1(jsonb_build_object('id', t.target)) order by t.position), '[]')
    from unnest(v_targets) with ordinality t(target, position));
end $$;

-- {account_id, key, fingerprint, lease, now, lease_until} -> {outcome, status, body}. Asked again with the
-- same lease it answers the same.
create function reserve_key_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_key idempotency_keys;
begin
  for attempt in 1 .. 10 loop
    insert into idempotency_keys (account_id, key, fingerprint, lease, lease_until, created_at)
    values (p ->> 'account_id', p ->> 'key', p ->> 'fingerprint', p ->> 'lease',
      (p ->> 'lease_until')::timestamptz, (p ->> 'now')::timestamptz)
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
      elsif v_key.lease_until > (p ->> 'now')::timestamptz and v_key.lease is distinct from p ->> 'lease' then
        return jsonb_build_object('outcome', 'running');
      end if;
      update idempotency_keys k
      set lease = p ->> 'lease', lease_until = (p ->> 'lease_until')::timestamptz
      where k.account_id = p ->> 'account_id' and k.key = p ->> 'key';
      return jsonb_build_object('outcome', 'fresh');
    end if;
    -- It was released in between.
  end loop;
  raise exception 'the key could not be reserved' using errcode = 'lock_not_available';
end $$;

-- {account_id, key, lease, lease_until} -> whether the lease still holds
create function extend_key_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update idempotency_keys k set lease_until = (p ->> 'lease_until')::timestamptz
  where k.account_id = p ->> 'account_id' and k.key = p ->> 'key' and k.lease = p ->> 'lease'
    and k.status is null;
  return to_jsonb(found);
end $$;

-- {account_id, key, lease, status, body} -> whether the lease still held
create function complete_key_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update idempotency_keys k set status = (p ->> 'status')::integer, body = p ->> 'body'
  where k.account_id = p ->> 'account_id' and k.key = p ->> 'key' and k.lease = p ->> 'lease';
  return to_jsonb(found);
end $$;

-- {account_id, key, lease}: deletes the reservation, never an answer
create function release_key_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  delete from idempotency_keys k
  where k.account_id = p ->> 'account_id' and k.key = p ->> 'key' and k.lease = p ->> 'lease'
    and k.status is null;
  return 'null';
end $$;

-- {before} -> how many were deleted
create function prune_keys_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  with gone as (
    delete from idempotency_keys k where k.created_at < (p ->> 'before')::timestamptz returning 1
  )
  select to_jsonb(count(*)) from gone
$$;

-- {name, runner, now, lease_until} -> {position} if it is due and no other runner has it, else null
create function begin_task_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_turn jsonb;
begin
  insert into recurring_tasks (name, next_at) values (p ->> 'name', '-infinity') on conflict (name) do nothing;
  update recurring_tasks r set runner = p ->> 'runner', lease_until = (p ->> 'lease_until')::timestamptz
  where r.name = p ->> 'name' and r.next_at <= v_now
    and (r.runner is null or r.runner = p ->> 'runner' or r.lease_until <= v_now)
  returning jsonb_build_object('position', r.position) into v_turn;
  return v_turn;
end $$;

-- {name, runner, position, next_at} -> whether the runner still had it
create function end_task_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update recurring_tasks r
  set position = p ->> 'position', next_at = (p ->> 'next_at')::timestamptz, runner = null, lease_until = null
  where r.name = p ->> 'name' and r.runner = p ->> 'runner';
  return to_jsonb(found);
end $$;
