-- The catalogs that were published: the last one is in force on all nodes.

create table catalog_versions (
  version      bigint primary key,
  content_hash text collate "C" not null,
  document     jsonb not null,
  published_at timestamptz not null
);
create index catalog_versions_content_idx on catalog_versions (content_hash);

create index subscriptions_live_tier_idx on subscriptions (tier)
  where not gone and status not in ('incomplete', 'incomplete_expired', 'canceled');

-- {document, content_hash, tiers, features, now, if_new} -> {version, document, published_at}, the one that is in force
-- by then. What is in force already gets no new version. With if_new, neither does what was in force before.
create function publish_catalog_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_hash constant text := p ->> 'content_hash';
  v_last catalog_versions;
begin
  perform pg_advisory_xact_lock(hashtextextended('catalog', 0));
  select v.* into v_last from catalog_versions v order by v.version desc limit 1;
  if v_last.content_hash is distinct from v_hash and not (
    coalesce((p ->> 'if_new')::boolean, false)
    and exists (select from catalog_versions v where v.content_hash = v_hash))
  then
    perform publish_catalog_v1(p);
    insert into catalog_versions (version, content_hash, document, published_at)
    values (coalesce(v_last.version, 0) + 1, v_hash, p -> 'document', (p ->> 'now')::timestamptz)
    returning * into v_last;
  end if;
  return to_jsonb(v_last);
end $$;

-- {version} -> {version, document, published_at}: the one in force, if its version is higher
create function newer_catalog_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(v) from catalog_versions v
    where v.version > (p ->> 'version')::bigint
    order by v.version desc limit 1);
end $$;

-- {tiers, max} -> [{tier, subscriptions}]: how many are live, counted up to max
create function live_subscriptions_of_tiers_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('tier', x.tier, 'subscriptions', n.live) order by x.tier), '[]')
    from jsonb_array_elements_text(p -> 'tiers') as x(tier)
    cross join lateral (
      select count(*) as live from (
        select from subscriptions s
        where s.tier = x.tier and not s.gone and s.status not in ('incomplete', 'incomplete_expired', 'canceled')
        limit (p ->> 'max')::integer) z) n
    where n.live > 0);
end $$;

-- {} -> [table]: what a server writes that only starts
create function tables_of_a_start_v1(p jsonb) returns jsonb
language plpgsql immutable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return '["answers", "catalog_features", "catalog_tiers", "catalog_versions", "recurring_tasks"]';
end $$;

-- {move} -> null. Makes this store the one that the move fills: it must be empty, or half filled by a move
-- that was given up, or what an earlier switch of the very same move has left frozen.
create or replace function begin_standby_v1(p jsonb) returns jsonb
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
    if v_state ->> 'mode' = 'open' and not tables_of_a_start_v1('{}') ? r.name then
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

select secure_schema_v1('{}');
