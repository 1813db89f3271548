-- What users note of themselves from time to time.

-- A check-in is its owner's alone: an account's or, in an organisation's account, that of one member, by the member's
-- subject.
create table longitudinal_checkins (
  id          text collate "C" not null,
  user_id     text collate "C" not null,
  member      text collate "C" not null default '',
  kind        text collate "C" not null,
  occurred_at timestamptz not null,
  answers     jsonb not null default '{}',
  score       numeric(13, 4),
  note        text,
  created_at  timestamptz not null,
  constraint longitudinal_checkins_pkey primary key (id)
);
create index longitudinal_checkins_owner_idx on longitudinal_checkins (user_id, member, occurred_at desc, id);
create index longitudinal_checkins_kind_idx on longitudinal_checkins (user_id, member, kind, occurred_at desc, id);
create index longitudinal_checkins_occurred_at_idx on longitudinal_checkins (occurred_at);

-- {id, account_id, member, kind, occurred_at, answers, score, note, created_at, most} -> {check_in: what is kept under the
-- id, again}, or null if the owner has as many as there may be
create function add_check_in_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_member constant text := coalesce(p ->> 'member', '');
  v_there jsonb;
begin
  -- So that those who add at the same time are counted.
  perform pg_advisory_xact_lock(hashtextextended('check_ins:' || v_account, 0));
  v_there := find_check_in_v1(p);
  if v_there is not null then
    return jsonb_build_object('check_in', v_there, 'again', true);
  end if;
  if (
    select count(*) from (
      select from longitudinal_checkins c
      where c.user_id = v_account and c.member = v_member
      limit (p ->> 'most')::integer) z) >= (p ->> 'most')::integer then
    return null;
  end if;
  insert into longitudinal_checkins (
    id, user_id, member, kind, occurred_at, answers, score, note, created_at)
  values (
    p ->> 'id', v_account, v_member, p ->> 'kind', (p ->> 'occurred_at')::timestamptz, coalesce(p -> 'answers', '{}'),
    (p ->> 'score')::numeric, p ->> 'note', (p ->> 'created_at')::timestamptz);
  return jsonb_build_object('check_in', find_check_in_v1(p), 'again', false);
end $$;

-- {account_id, member, id} -> the check-in, or null
create function find_check_in_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from longitudinal_checkins c
    where c.id = p ->> 'id' and c.user_id = p ->> 'account_id' and c.member = coalesce(p ->> 'member', ''));
end $$;

-- {account_id, member, kind, from, until, after: id, limit} -> check-ins, the latest first
create function list_check_ins_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_member constant text := coalesce(p ->> 'member', '');
  v_kind constant text := p ->> 'kind';
  v_from constant timestamptz := coalesce((p ->> 'from')::timestamptz, '-infinity');
  v_until constant timestamptz := coalesce((p ->> 'until')::timestamptz, 'infinity');
  v_limit constant integer := (p ->> 'limit')::integer;
  v_after longitudinal_checkins;
begin
  if p ->> 'after' is not null then
    select c.* into v_after from longitudinal_checkins c
    where c.id = p ->> 'after' and c.user_id = v_account and c.member = v_member;
    if not found then
      return '[]';
    end if;
  end if;
  if v_kind is null then
    return coalesce((
      select jsonb_agg(to_jsonb(z) order by z.occurred_at desc, z.id)
      from (
        select c.* from longitudinal_checkins c
        where c.user_id = v_account and c.member = v_member and c.occurred_at >= v_from and c.occurred_at < v_until
          and (v_after.id is null or (c.occurred_at <= v_after.occurred_at
            and (c.occurred_at < v_after.occurred_at or c.id > v_after.id)))
        order by c.occurred_at desc, c.id
        limit v_limit) z), '[]');
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.occurred_at desc, z.id)
    from (
      select c.* from longitudinal_checkins c
      where c.user_id = v_account and c.member = v_member and c.kind = v_kind
        and c.occurred_at >= v_from and c.occurred_at < v_until
        and (v_after.id is null or (c.occurred_at <= v_after.occurred_at
          and (c.occurred_at < v_after.occurred_at or c.id > v_after.id)))
      order by c.occurred_at desc, c.id
      limit v_limit) z), '[]');
end $$;

-- {account_id, member, limit} -> the latest check-in of each kind, by kind. It goes from one kind to the next.
create function latest_check_ins_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_rows jsonb := '[]';
  v_kind text := '';
  v_row longitudinal_checkins;
begin
  for i in 1 .. (p ->> 'limit')::integer loop
    select c.* into v_row from longitudinal_checkins c
    where c.user_id = p ->> 'account_id' and c.member = coalesce(p ->> 'member', '') and c.kind > v_kind
    order by c.kind, c.occurred_at desc, c.id
    limit 1;
    exit when not found;
    v_rows := v_rows || to_jsonb(v_row);
    v_kind := v_row.kind;
  end loop;
  return v_rows;
end $$;

-- {account_id, member, kind, from, until, length: week or month, zone, limit}
-- -> [{start: day, count, average, minimum, maximum}] in order
create function check_in_series_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.start)
    from (
      select date_trunc(p ->> 'length', c.occurred_at at time zone (p ->> 'zone'))::date as start,
        count(*) as count, round(avg(c.score), 4) as average, min(c.score) as minimum, max(c.score) as maximum
      from longitudinal_checkins c
      where c.user_id = p ->> 'account_id' and c.member = coalesce(p ->> 'member', '') and c.kind = p ->> 'kind'
        and c.occurred_at >= coalesce((p ->> 'from')::timestamptz, '-infinity')
        and c.occurred_at < coalesce((p ->> 'until')::timestamptz, 'infinity')
      group by 1
      order by 1
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {account_id, member, id} -> {deleted: [id]}
create function delete_check_in_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  delete from longitudinal_checkins c
  where c.id = p ->> 'id' and c.user_id = p ->> 'account_id' and c.member = coalesce(p ->> 'member', '');
  return jsonb_build_object('deleted', case when found then jsonb_build_array(p -> 'id') else '[]' end);
end $$;

-- {before, limit} -> how many were deleted, the oldest first
create function prune_check_ins_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_gone integer;
begin
  delete from longitudinal_checkins c
  where c.id = any (array(
    select o.id from longitudinal_checkins o
    where o.occurred_at < (p ->> 'before')::timestamptz
    order by o.occurred_at limit (p ->> 'limit')::integer));
  get diagnostics v_gone = row_count;
  return to_jsonb(v_gone);
end $$;

select secure_schema_v1('{}');
