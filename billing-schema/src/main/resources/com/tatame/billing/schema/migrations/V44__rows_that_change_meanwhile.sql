-- Rows are asked for as before; what the log says of them is read once, and not for each.

-- {table, keys, after: {rev, tbl, pk} or null} -> [{key, hash: or null, pending}], as the keys are
-- ordered; pending if the key is in the log behind that place
create function move_rows_v2(p jsonb) returns jsonb
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

select secure_schema_v2('{}');
