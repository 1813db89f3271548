-- A command that needs an operator keeps its place until it is resolved: while nobody knows whether it
-- was executed, no other of its account, kind and target may be.

-- Where another one came after it, that one has the place.
update commands c set state = 'rejected', error = 'superseded'
where c.state = 'needs_operator' and exists (
  select 1 from commands o
  where o.account_id = c.account_id and o.kind = c.kind and o.target = c.target
    and o.state in ('planned', 'sending', 'unknown', 'needs_operator')
    and (o.created_at, o.id) > (c.created_at, c.id));

drop index commands_one_open_key;
create unique index commands_one_open_key on commands (account_id, kind, target)
  where state in ('planned', 'sending', 'unknown', 'needs_operator');

-- Writes the command down unless one of the same account, kind and target is open.
-- command -> the command as it now stands: this one, or the open one in its way
create function open_command_v2(p jsonb) returns jsonb
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
      and c.state in ('planned', 'sending', 'unknown', 'needs_operator');
    if found then
      return v_found;
    end if;
    -- The one in the way was settled in between.
  end loop;
  raise exception 'the command could not be written' using errcode = 'lock_not_available';
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

select secure_schema_v1('{}');
