-- Who changed what: one row for each administrative act and each change by a caller.
--
-- Rows are added in the commit of the change and never altered. They hold ids of accounts and objects, and of the
-- changed fields what describes no person.
create table audit_log (
  seq        bigint generated always as identity primary key,
  at         timestamptz not null,
  actor      text collate "C" not null,
  action     text collate "C" not null,
  account_id text collate "C",
  target     text collate "C" not null,
  before     jsonb,
  after      jsonb,
  request_id text collate "C"
);
create index audit_log_at_idx on audit_log (at, seq);
create index audit_log_account_idx on audit_log (account_id, at, seq);
create index audit_log_actor_idx on audit_log (actor, at, seq);
create index audit_log_action_idx on audit_log (action, at, seq);

-- {function, argument, fields} -> {field: value} of what the function answers, or null if it answers null
create function watched_fields_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_row jsonb;
begin
  execute format('select %I($1)', p ->> 'function') into v_row using p -> 'argument';
  return (
    select jsonb_object_agg(f.name, v_row -> f.name)
    from jsonb_array_elements_text(p -> 'fields') as f(name)
    where jsonb_typeof(v_row) = 'object');
end $$;

-- Calls a function that changes something, and adds the entry if it did: if what is watched is another than before,
-- and as it is expected where others change it, too; or without a watch, if the list that it answers has elements.
-- A refused or repeated call adds none. Calls that watch the same wait for each other, so that of two that would make
-- one change only the one adds its entry that made it.
-- {audit: {at, actor, action, account_id, target, before, after, request_id},
-- watch: {function, argument, fields, expected} or list, function, argument} -> the function's answer
create function audited_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_watch constant jsonb := p -> 'watch';
  v_before jsonb;
  v_after jsonb;
  v_answer jsonb;
  v_changed boolean;
begin
  if v_watch is not null then
    perform pg_advisory_xact_lock(hashtextextended('audit:' || (v_watch - 'expected')::text, 0));
    v_before := watched_fields_v1(v_watch);
  end if;
  execute format('select coalesce(%I($1), ''null'')', p ->> 'function') into v_answer using p -> 'argument';
  if v_watch is not null then
    v_after := watched_fields_v1(v_watch);
    v_changed := v_after is distinct from v_before and v_after @> (v_watch -> 'expected');
  else
    v_changed := jsonb_array_length(v_answer -> (p ->> 'list')) > 0;
  end if;
  if v_changed then
    insert into audit_log (at, actor, action, account_id, target, before, after, request_id)
    select x.at, x.actor, x.action, x.account_id, x.target, x.before, x.after, x.request_id
    from jsonb_to_record(p -> 'audit') as x(
      at timestamptz, actor text, action text, account_id text, target text, before jsonb, after jsonb,
      request_id text);
  end if;
  return v_answer;
end $$;

-- {account_id, actor, action, from, until, before, limit} -> rows, newest first; before is the number of a row
create function list_audit_log_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_actor constant text := p ->> 'actor';
  v_action constant text := p ->> 'action';
  v_from constant timestamptz := coalesce((p ->> 'from')::timestamptz, '-infinity');
  v_limit constant integer := (p ->> 'limit')::integer;
  v_until timestamptz := coalesce((p ->> 'until')::timestamptz, 'infinity');
  v_seq bigint := 0;
  v_rows jsonb;
begin
  if p ->> 'before' is not null then
    select a.at, a.seq into v_until, v_seq from audit_log a where a.seq = (p ->> 'before')::bigint;
    if not found then
      return '[]';
    end if;
  end if;
  -- One query for each index, since a plan that is kept must suit all that is asked.
  if v_account is not null then
    select jsonb_agg(to_jsonb(z) order by z.at desc, z.seq desc) into v_rows
    from (
      select a.* from audit_log a
      where a.account_id = v_account and a.at >= v_from and (a.at, a.seq) < (v_until, v_seq)
        and (v_actor is null or a.actor = v_actor) and (v_action is null or a.action = v_action)
      order by a.at desc, a.seq desc limit v_limit) z;
  elsif v_actor is not null then
    select jsonb_agg(to_jsonb(z) order by z.at desc, z.seq desc) into v_rows
    from (
      select a.* from audit_log a
      where a.actor = v_actor and a.at >= v_from and (a.at, a.seq) < (v_until, v_seq)
        and (v_action is null or a.action = v_action)
      order by a.at desc, a.seq desc limit v_limit) z;
  elsif v_action is not null then
    select jsonb_agg(to_jsonb(z) order by z.at desc, z.seq desc) into v_rows
    from (
      select a.* from audit_log a
      where a.action = v_action and a.at >= v_from and (a.at, a.seq) < (v_until, v_seq)
      order by a.at desc, a.seq desc limit v_limit) z;
  else
    select jsonb_agg(to_jsonb(z) order by z.at desc, z.seq desc) into v_rows
    from (
      select a.* from audit_log a
      where a.at >= v_from and (a.at, a.seq) < (v_until, v_seq)
      order by a.at desc, a.seq desc limit v_limit) z;
  end if;
  return coalesce(v_rows, '[]');
end $$;

create or replace function tables_of_a_start_v1(p jsonb) returns jsonb
language plpgsql immutable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return '["answers", "audit_log", "catalog_features", "catalog_tiers", "catalog_versions", "recurring_tasks"]';
end $$;

select secure_schema_v1('{}');
