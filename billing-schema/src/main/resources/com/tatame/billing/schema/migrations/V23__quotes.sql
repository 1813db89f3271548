-- What changes of subscriptions were promised to cost. The figures are kept as they were computed.
create table subscription_quotes (
  id                     text collate "C" not null,
  user_id                text collate "C" not null,
  stripe_subscription_id text collate "C" not null,
  state                  jsonb not null,
  created_at             timestamptz not null,
  expires_at             timestamptz not null,
  command_id             text collate "C",
  constraint subscription_quotes_pkey primary key (id)
);
create index subscription_quotes_expiry_idx on subscription_quotes (expires_at);

-- {account_id, id, stripe_subscription_id, state, created_at, expires_at}: a repetition changes nothing
create function keep_quote_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into subscription_quotes (
    id, user_id, stripe_subscription_id, state, created_at, expires_at)
  values (p ->> 'id', p ->> 'account_id', p ->> 'stripe_subscription_id', p -> 'state',
    (p ->> 'created_at')::timestamptz, (p ->> 'expires_at')::timestamptz)
  on conflict (id) do nothing;
  select 'null'::jsonb
$$;

-- {account_id, id} -> the state, or null
create function find_quote_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select q.state from subscription_quotes q
    where q.id = p ->> 'id' and q.user_id = p ->> 'account_id');
end $$;

-- {id, command_id} -> {taking}: first, again, or refused because another command has it that was not rejected
create function take_quote_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_holder text;
  v_taking text := 'refused';
begin
  select q.command_id into v_holder from subscription_quotes q where q.id = p ->> 'id' for update;
  if found then
    if v_holder = p ->> 'command_id' then
      v_taking := 'again';
    elsif v_holder is null or exists (
      select from commands c where c.id = v_holder and c.state = 'rejected') then
      update subscription_quotes q set command_id = p ->> 'command_id' where q.id = p ->> 'id';
      v_taking := 'first';
    end if;
  end if;
  return jsonb_build_object('taking', v_taking);
end $$;

-- {before} -> how many were forgotten
create function prune_quotes_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_gone integer;
begin
  delete from subscription_quotes q where q.expires_at < (p ->> 'before')::timestamptz;
  get diagnostics v_gone = row_count;
  return to_jsonb(v_gone);
end $$;

-- {account_id} -> what is scheduled for the account's subscriptions, newest first
create function list_schedules_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(o.state order by o.created_at desc, o.id), '[]')
    from stripe_customer_mapping m
    join provider_objects o on o.state ->> 'customer_id' = m.stripe_customer_id
      and o.kind = 'subscription_schedule'
    where m.user_id = p ->> 'account_id' and not o.gone
      and o.state ->> 'status' in ('not_started', 'active'));
end $$;

select secure_schema_v1('{}');
