-- What operators see of commands, and what they decide about them.

-- [{outcome, result, reason, by, at}], oldest first
alter table commands add column resolutions jsonb not null default '[]';

create index commands_newest_idx on commands (created_at desc, id desc);
create index commands_account_idx on commands (account_id, created_at desc, id desc);
create index commands_state_idx on commands (state, created_at desc, id desc);

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

select secure_schema_v1('{}');
