-- A command keeps which request it was made for, so that the request, sent again, finds it.

-- A hash of the caller's idempotency key and its scope.
alter table commands add column request_key text collate "C";
create index commands_request_idx on commands (request_key, created_at, id) where request_key is not null;

-- Writes the command down unless one of the same account, kind and target is open.
-- command -> the command as it now stands: this one, or the open one in its way
create function open_command_v3(p jsonb) returns jsonb
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

select secure_schema_v2('{}');
