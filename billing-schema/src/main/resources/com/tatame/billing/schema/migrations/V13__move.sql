-- Moving to another store while this one is at work.

-- There is a guard on every table that can stop all writing, a log of the keys that change while a move is under way,
-- and pages, digests and keys to copy and compare by. A key is transferred as an array of the primary key's columns, a
-- row as its JSON text.

-- mode open: at work. frozen: no writes. standby: only the move that fills it writes.
create table store_state (
  one       boolean primary key default true,
  mode      text not null default 'open',
  move      text collate "C",
  recording boolean not null default false,
  constraint store_state_one_check check (one),
  constraint store_state_mode_check check (mode in ('open', 'frozen', 'standby'))
);

insert into store_state default values;

-- Which keys changed while recording, under the transaction's number: below the oldest transaction that still
-- runs nothing can be added any more, so a reader that reads up to there has seen all. A sequence could not say that.
create table move_log (
  rev xid8 not null,
  tbl text collate "C" not null,
  pk  text collate "C" not null,
  constraint move_log_pkey primary key (rev, tbl, pk)
);

-- How far the move into this store has come, as written by the program that moves.
create table move_progress (
  item  text collate "C" primary key,
  value jsonb not null
);

-- Every writer shares the store's lock until it commits; a change of the mode holds it alone. A
-- writer reads the mode once it has the lock, by a statement of its own: what it sees was committed before.
create function guard_write_v1() returns trigger
language plpgsql security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_mode text;
  v_recording boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'billing is written in read committed transactions only' using errcode = 'PT500';
  end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('store:${schema}', 0));
  select s.mode, s.recording into v_mode, v_recording from store_state s;
  if v_mode = 'standby' and current_setting('billing.moving', true) = 'on' then
    return null;
  end if;
  if v_mode <> 'open' then
    raise exception 'this store is %', v_mode using errcode = 'PT503';
  end if;
  if not v_recording then
    return null;
  end if;
  if tg_op = 'TRUNCATE' then
    raise exception 'a table can''t be emptied during a move' using errcode = 'PT503';
  end if;
  if tg_op <> 'DELETE' then
    execute format(
      'insert into move_log (rev, tbl, pk) select distinct pg_current_xact_id(), %L, jsonb_build_array(%s)::text
       from new_rows on conflict do nothing', tg_table_name, tg_argv[0]);
  end if;
  if tg_op <> 'INSERT' then
    execute format(
      'insert into move_log (rev, tbl, pk) select distinct pg_current_xact_id(), %L, jsonb_build_array(%s)::text
       from old_rows on conflict do nothing', tg_table_name, tg_argv[0]);
  end if;
  return null;
end $$;

-- {tables: [name] or null} -> [{table, key: [{column, type}], columns: [column and type], rows, bytes}], rows as
-- the statistics have it, null if there are none
create function movable_tables_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_agg(jsonb_build_object(
      'table', c.relname,
      'key', (
        select jsonb_agg(
          jsonb_build_object('column', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by k.ord)
        from pg_index i
        cross join lateral unnest(i.indkey) with ordinality as k(attnum, ord)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary),
      'columns', (
        select jsonb_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) order by a.attname)
        from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
      'rows', nullif(greatest(c.reltuples, -1), -1)::bigint,
      'bytes', pg_total_relation_size(c.oid)) order by c.relname)
    from pg_class c
    where c.relnamespace = '"${schema}"'::regnamespace and c.relkind = 'r'
      and c.relname not in ('billing_schema_history', 'store_state', 'move_log', 'move_progress')
      and (p -> 'tables' is null or p -> 'tables' ? c.relname::text));
end $$;

-- {table} -> {columns, document, values, row}, expressions for statements about a table: the columns of its key; the
-- same as they are transferred, a time without the session's zone; the key out of such an array, called $1; and a row z
-- as it is transferred. There SQL's null and JSON's null look alike, so columns with the latter are named beside.
create function shape_of_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_table constant jsonb := movable_tables_v1(jsonb_build_object('tables', jsonb_build_array(p -> 'table'))) -> 0;
begin
  if v_table is null then
    raise exception 'no such table' using errcode = 'PT400';
  end if;
  return (
    select jsonb_build_object(
      'columns', string_agg(format('%I', z.name), ', ' order by z.ord),
      'document', string_agg(
        case z.type when 'timestamp with time zone' then format('%I at time zone ''UTC''', z.name)
          else format('%I', z.name) end, ', ' order by z.ord),
      'values', string_agg(format('($1 ->> %s)::%s', z.ord - 1, z.type), ', ' order by z.ord))
    from (
      select x.ord, x.item ->> 'column' as name, x.item ->> 'type' as type
      from jsonb_array_elements(v_table -> 'key') with ordinality as x(item, ord)) z)
  || (
    select jsonb_build_object('row', 'to_jsonb(z)' || coalesce(
      ' || case when ' || string_agg(format('z.%I = ''null''', a.attname), ' or ' order by a.attnum)
      || ' then jsonb_build_object(''(json null)'', array_remove(array['
      || string_agg(format('case when z.%I = ''null'' then %L end', a.attname, a.attname), ', ' order by a.attnum)
      || '], null)) else ''{}'' end', ''))
    from pg_attribute a
    where a.attrelid = format('"${schema}".%I', p ->> 'table')::regclass and a.attnum > 0 and not a.attisdropped
      and a.atttypid = 'jsonb'::regtype);
end $$;

-- Functions that change the mode answer {refused: reason} to what can't be done.

-- {} -> {mode, move, recording}
create function store_mode_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_build_object('mode', s.mode, 'move', s.move, 'recording', s.recording) from store_state s);
end $$;

-- {} -> as store_mode_v1. Waits for present writers, but not for long: meanwhile no other can begin.
create function lock_store_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform set_config('lock_timeout', '500ms', true);
  perform pg_advisory_xact_lock(hashtextextended('store:${schema}', 0));
  return store_mode_v1('{}');
end $$;

-- {move} -> null. From now on the keys that change are logged.
create function begin_recording_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant jsonb := lock_store_v1('{}');
begin
  if (v_state ->> 'recording')::boolean and v_state ->> 'move' = p ->> 'move' then
    return null;
  end if;
  if v_state ->> 'mode' <> 'open' or (v_state ->> 'recording')::boolean then
    return jsonb_build_object('refused', 'another_move');
  end if;
  truncate move_log;
  update store_state s set recording = true, move = p ->> 'move' where s.one;
  return null;
end $$;

-- {move} -> null. Keys are no longer logged, and what was logged goes.
create function end_recording_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant jsonb := lock_store_v1('{}');
begin
  if (v_state ->> 'recording')::boolean and v_state ->> 'move' = p ->> 'move' then
    truncate move_log;
    update store_state s set recording = false where s.one;
  end if;
  return null;
end $$;

-- {move} -> null. Makes this store the one that the move fills: it must be empty, or half filled by a move
-- that was given up, or what an earlier switch of the very same move has left frozen.
create function begin_standby_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant jsonb := lock_store_v1('{}');
  v_filled boolean;
  r record;
begin
  if v_state ->> 'mode' <> 'open' and v_state ->> 'move' = p ->> 'move' then
    if v_state ->> 'mode' = 'frozen' then
      delete from move_progress m where m.item is not null;
      insert into move_progress (item, value) values ('way_back', 'true');
      update store_state s set mode = 'standby', recording = false where s.one;
    end if;
    return null;
  end if;
  if v_state ->> 'mode' = 'frozen' then
    return jsonb_build_object('refused', 'moved_away');
  end if;
  if (v_state ->> 'recording')::boolean or v_state ->> 'mode' = 'standby' and v_state ->> 'move' is not null then
    return jsonb_build_object('refused', 'another_move');
  end if;
  for r in
    select x ->> 'table' as name from jsonb_array_elements(movable_tables_v1('{}')) as x order by 1
  loop
    -- A server that only starts writes these.
    if v_state ->> 'mode' = 'open' and r.name not in ('answers', 'catalog_tiers', 'catalog_features', 'recurring_tasks') then
      execute format('select exists (select from %I)', r.name) into v_filled;
      if v_filled then
        return jsonb_build_object('refused', 'not_empty', 'table', r.name);
      end if;
    end if;
  end loop;
  update store_state s set mode = 'standby', recording = false, move = p ->> 'move' where s.one;
  perform set_config('billing.moving', 'on', true);
  delete from move_progress m where m.item is not null;
  for r in
    select x ->> 'table' as name from jsonb_array_elements(movable_tables_v1('{}')) as x order by 1
  loop
    execute format('truncate %I', r.name);
  end loop;
  perform set_config('billing.moving', 'off', true);
  return null;
end $$;

-- {move} -> null. A store that is being filled is given up: it can't be opened, only filled anew.
create function give_up_standby_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant jsonb := lock_store_v1('{}');
begin
  if v_state ->> 'mode' = 'open' then
    return jsonb_build_object('refused', 'at_work');
  end if;
  update store_state s set move = null where s.one and s.mode = 'standby' and s.move = p ->> 'move';
  return null;
end $$;

-- {move} -> {sequences: {name: value}}: where each stands, now that there are no writers any more
create function freeze_store_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant jsonb := lock_store_v1('{}');
begin
  if v_state ->> 'move' is distinct from p ->> 'move' or not (v_state ->> 'recording')::boolean then
    return jsonb_build_object('refused', 'no_such_move');
  end if;
  update store_state s set mode = 'frozen' where s.one and s.mode = 'open';
  return jsonb_build_object('sequences', (
    select jsonb_object_agg(s.sequencename, coalesce(s.last_value, 0)) from pg_sequences s
    where s.schemaname = '${schema}'));
end $$;

-- {move} -> null. Work goes on where it stopped.
create function thaw_store_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant jsonb := lock_store_v1('{}');
begin
  if v_state ->> 'move' is distinct from p ->> 'move' or not (v_state ->> 'recording')::boolean then
    return jsonb_build_object('refused', 'no_such_move');
  end if;
  update store_state s set mode = 'open' where s.one and s.mode = 'frozen';
  return null;
end $$;

-- {move, sequences} -> null. The filled store goes to work, and logs what changes, for the way back.
create function open_store_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_state constant jsonb := lock_store_v1('{}');
  r record;
begin
  if v_state ->> 'move' is distinct from p ->> 'move' or v_state ->> 'mode' = 'frozen' then
    return jsonb_build_object('refused', 'no_such_move');
  end if;
  if v_state ->> 'mode' = 'open' then
    return null;
  end if;
  for r in
    select format('"${schema}".%I', s.sequencename)::regclass as name,
      greatest(s.last_value, (x.value)::bigint) as at
    from pg_sequences s join jsonb_each_text(p -> 'sequences') as x on x.key = s.sequencename
    where s.schemaname = '${schema}'
  loop
    perform setval(r.name, greatest(r.at, 1), r.at > 0);
  end loop;
  truncate move_log;
  update store_state s set mode = 'open', recording = true where s.one;
  return null;
end $$;

-- {after, through, columns, values} -> the condition for a range of keys, over $1 and $2
create function within_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return to_jsonb(' where true'
    || case when p ->> 'after' is null then ''
      else format(' and (%s) > (%s)', p ->> 'columns', p ->> 'values') end
    || case when p ->> 'through' is null then ''
      else format(' and (%s) <= (%s)', p ->> 'columns', replace(p ->> 'values', '$1', '$2')) end);
end $$;

-- {table, after: key or null, limit} -> {rows: [text], last: key or null}, by key
create function move_page_v1(p jsonb) returns jsonb
language plpgsql stable set timezone = 'UTC' set extra_float_digits = 1 set bytea_output = 'hex'
security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_shape constant jsonb := shape_of_v1(p);
  v_page jsonb;
begin
  execute format(
    'select jsonb_build_object(
       ''rows'', coalesce(jsonb_agg((%5$s)::text order by %2$s), ''[]''),
       ''last'', (array_agg(jsonb_build_array(%3$s) order by %2$s))[count(*)])
     from (select * from %1$I%4$s order by %2$s limit $3) z',
    p ->> 'table', v_shape ->> 'columns', v_shape ->> 'document', within_v1(p || v_shape) #>> '{}', v_shape ->> 'row')
  into v_page using p -> 'after', p -> 'through', (p ->> 'limit')::integer;
  return v_page;
end $$;

-- {after: {rev, tbl, pk}, limit, final} ->
-- {next: {rev, tbl, pk}, entries, settled, tables: [{table, rows: [text], gone: [key]}]}: the rows whose keys were
-- logged, as they are now. Before the freeze only what is settled: what no running transaction can still add to.
create function move_changes_v1(p jsonb) returns jsonb
language plpgsql stable set timezone = 'UTC' set extra_float_digits = 1 set bytea_output = 'hex'
security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_final constant boolean := (p ->> 'final')::boolean;
  v_next jsonb := p -> 'after';
  v_entries integer := 0;
  v_tables jsonb := '[]';
  v_shape jsonb;
  v_table jsonb;
  r record;
begin
  if v_final and not exists (select from store_state s where s.mode = 'frozen') then
    return jsonb_build_object('refused', 'not_frozen');
  end if;
  for r in
    with entry as (
      select l.rev, l.tbl, l.pk from move_log l
      where (l.rev, l.tbl, l.pk) > (
          (p #>> '{after,rev}')::xid8, (p #>> '{after,tbl}') collate "C", (p #>> '{after,pk}') collate "C")
        and (v_final or l.rev < v_horizon)
      order by l.rev, l.tbl, l.pk limit (p ->> 'limit')::integer
    )
    select e.tbl, count(*) as entries, array_agg(distinct e.pk) as keys,
      (select jsonb_build_object('rev', l.rev::text, 'tbl', l.tbl, 'pk', l.pk)
        from entry l order by l.rev desc, l.tbl desc, l.pk desc limit 1) as last
    from entry e group by e.tbl order by e.tbl
  loop
    v_entries := v_entries + r.entries;
    v_next := r.last;
    v_shape := shape_of_v1(jsonb_build_object('table', r.tbl));
    execute format(
      'select jsonb_build_object(
         ''table'', %1$L,
         ''rows'', coalesce(jsonb_agg(t.row) filter (where t.row is not null), ''[]''),
         ''gone'', coalesce(jsonb_agg(k.v) filter (where t.row is null), ''[]''))
       from (select x::jsonb from unnest($1) x) k(v)
       left join lateral (select (%4$s)::text as row from %1$I z where (%2$s) = (%3$s)) t on true',
      r.tbl, v_shape ->> 'columns', replace(v_shape ->> 'values', '$1', 'k.v'), v_shape ->> 'row')
    into v_table using r.keys;
    v_tables := v_tables || v_table;
  end loop;
  return jsonb_build_object(
    'next', v_next, 'entries', v_entries, 'settled', v_horizon::text, 'tables', v_tables);
end $$;

-- {after: {rev, tbl, pk}, through: {rev, tbl, pk}, limit} -> {next: {rev, tbl, pk}, entries, keys: {table: [key]}}:
-- what was logged behind one place and up to another
create function move_touched_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    with entry as (
      select l.rev, l.tbl, l.pk from move_log l
      where (l.rev, l.tbl, l.pk) > (
          (p #>> '{after,rev}')::xid8, (p #>> '{after,tbl}') collate "C", (p #>> '{after,pk}') collate "C")
        and (l.rev, l.tbl, l.pk) <= (
          (p #>> '{through,rev}')::xid8, (p #>> '{through,tbl}') collate "C", (p #>> '{through,pk}') collate "C")
      order by l.rev, l.tbl, l.pk limit (p ->> 'limit')::integer
    )
    select jsonb_build_object(
      'entries', (select count(*) from entry),
      'next', coalesce(
        (select jsonb_build_object('rev', e.rev::text, 'tbl', e.tbl, 'pk', e.pk)
          from entry e order by e.rev desc, e.tbl desc, e.pk desc limit 1),
        p -> 'through'),
      'keys', (
        select coalesce(jsonb_object_agg(z.tbl, z.keys), '{}')
        from (select e.tbl, jsonb_agg(distinct e.pk::jsonb) as keys from entry e group by e.tbl) z)));
end $$;

-- {table, after: key or null, through: key or null, limit: or null} -> {count, hash, last: key or null}: a digest of
-- the rows behind one key and up to another, and of no more than the limit
create function move_digest_v1(p jsonb) returns jsonb
language plpgsql stable set timezone = 'UTC' set extra_float_digits = 1 set bytea_output = 'hex'
security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_shape constant jsonb := shape_of_v1(p);
  v_digest jsonb;
begin
  execute format(
    'select jsonb_build_object(
       ''count'', count(*),
       ''hash'', coalesce(bit_xor((''x'' || left(md5((%5$s)::text), 16))::bit(64)::bigint), 0)::text,
       ''last'', (array_agg(jsonb_build_array(%3$s) order by %2$s))[count(*)])
     from (select * from %1$I%4$s order by %2$s limit $3) z',
    p ->> 'table', v_shape ->> 'columns', v_shape ->> 'document', within_v1(p || v_shape) #>> '{}', v_shape ->> 'row')
  into v_digest using p -> 'after', p -> 'through', (p ->> 'limit')::integer;
  return v_digest;
end $$;

-- {table, after: key or null, through: key or null} -> [{key, hash}], by key
create function move_hashes_v1(p jsonb) returns jsonb
language plpgsql stable set timezone = 'UTC' set extra_float_digits = 1 set bytea_output = 'hex'
security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_shape constant jsonb := shape_of_v1(p);
  v_hashes jsonb;
begin
  execute format(
    'select coalesce(jsonb_agg(jsonb_build_object(
       ''key'', jsonb_build_array(%3$s), ''hash'', left(md5((%5$s)::text), 16)) order by %2$s), ''[]'')
     from (select * from %1$I%4$s) z',
    p ->> 'table', v_shape ->> 'columns', v_shape ->> 'document', within_v1(p || v_shape) #>> '{}', v_shape ->> 'row')
  into v_hashes using p -> 'after', p -> 'through';
  return v_hashes;
end $$;

-- {table, keys, after: {rev, tbl, pk} or null} -> [{key, hash: or null, pending}], as the keys are
-- ordered; pending if the key is in the log behind that place
create function move_rows_v1(p jsonb) returns jsonb
language plpgsql stable set timezone = 'UTC' set extra_float_digits = 1 set bytea_output = 'hex'
security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_shape constant jsonb := shape_of_v1(p);
  v_rows jsonb;
begin
  execute format(
    'select coalesce(jsonb_agg(jsonb_build_object(
       ''key'', k.v,
       ''hash'', t.hash,
       ''pending'', k.v::text in (
         select l.pk from move_log l
         where l.tbl = %1$L
           and (l.rev, l.tbl, l.pk) > (($2 ->> ''rev'')::xid8, ($2 ->> ''tbl'') collate "C", ($2 ->> ''pk'') collate "C")))
       order by k.n), ''[]'')
     from jsonb_array_elements($1) with ordinality k(v, n)
     left join lateral (
       select left(md5((%4$s)::text), 16) as hash from %1$I z where (%2$s) = (%3$s)) t on true',
    p ->> 'table', v_shape ->> 'columns', replace(v_shape ->> 'values', '$1', 'k.v'), v_shape ->> 'row')
  into v_rows using p -> 'keys', p -> 'after';
  return v_rows;
end $$;

-- {} -> [{since, what, database, application}]: transactions that have run for longer than ten seconds, or were
-- prepared and wait: until they end, nothing that was logged after their beginning can be followed
create function move_obstacles_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(z) order by z.since), '[]')
    from (
      select a.xact_start as since, 'a transaction that is ' || a.state as what, a.datname as database,
        a.application_name as application
      from pg_stat_activity a
      where a.xact_start < now() - interval '10 seconds' and a.backend_xid is not null
      union all
      select x.prepared, 'a prepared transaction', x.database, null from pg_prepared_xacts x) z);
end $$;

-- {} -> {item: value}
create function move_progress_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select coalesce(jsonb_object_agg(m.item, m.value), '{}') from move_progress m);
end $$;

-- {move, item, expected: or null, value, tables: [{table, rows: [row], gone: [key]}]} -> null. Rows replace those of
-- the same key. A row that holds a unique value of an incoming row is stale, is deleted, and
-- comes again.
create function move_apply_v1(p jsonb) returns jsonb
language plpgsql volatile set timezone = 'UTC'
security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_value jsonb;
  v_shape jsonb;
  v_columns text;
  v_values text;
  r record;
  u record;
begin
  if not exists (select from store_state s where s.mode = 'standby' and s.move = p ->> 'move') then
    return jsonb_build_object('refused', 'no_such_move');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('move:' || (p ->> 'item'), 0));
  select m.value into v_value from move_progress m where m.item = p ->> 'item';
  if v_value = p -> 'value' then
    return null;
  end if;
  if v_value is distinct from nullif(p -> 'expected', 'null') then
    return jsonb_build_object('refused', 'overtaken');
  end if;
  perform set_config('billing.moving', 'on', true);
  for r in
    select x ->> 'table' as name, x -> 'rows' as rows, x -> 'gone' as gone
    from jsonb_array_elements(p -> 'tables') as x
  loop
    v_shape := shape_of_v1(jsonb_build_object('table', r.name));
    execute format(
      'delete from %1$I where (%2$s) in (select %3$s from jsonb_array_elements($1) k(v))',
      r.name, v_shape ->> 'columns', replace(v_shape ->> 'values', '$1', 'k.v')) using r.gone;
    execute format(
      'delete from %1$I where (%2$s) in (select %2$s from jsonb_populate_recordset(null::%1$I, $1))',
      r.name, v_shape ->> 'columns') using r.rows;
    for u in
      select string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' order by n) as columns,
        coalesce(pg_get_expr(i.indpred, i.indrelid), 'true') as predicate
      from pg_index i cross join lateral generate_series(1, i.indnkeyatts) n
      where i.indrelid = format('"${schema}".%I', r.name)::regclass and i.indisunique and not i.indisprimary
      group by i.indexrelid, i.indrelid, i.indpred
    loop
      execute format(
        'delete from %1$I where (%2$s) in (select %2$s from jsonb_populate_recordset(null::%1$I, $1) where %3$s) and %3$s',
        r.name, u.columns, u.predicate) using r.rows;
    end loop;
    select string_agg(format('%I', a.attname), ', '),
      string_agg(
        case a.atttypid when 'jsonb'::regtype
          then format('coalesce(i.%I, case when d.v -> ''(json null)'' ? %L then jsonb ''null'' end)', a.attname, a.attname)
          else format('i.%I', a.attname) end, ', ')
    into v_columns, v_values
    from pg_attribute a
    where a.attrelid = format('"${schema}".%I', r.name)::regclass and a.attnum > 0 and not a.attisdropped;
    execute format(
      'insert into %1$I (%2$s) overriding system value
       select %3$s from jsonb_array_elements($1) d(v) cross join lateral jsonb_populate_record(null::%1$I, d.v) i',
      r.name, v_columns, v_values) using r.rows;
  end loop;
  perform set_config('billing.moving', 'off', true);
  insert into move_progress as m (item, value) values (p ->> 'item', p -> 'value')
  on conflict (item) do update set value = excluded.value;
  return null;
end $$;
