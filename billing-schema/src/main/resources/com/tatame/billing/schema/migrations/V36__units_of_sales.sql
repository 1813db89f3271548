-- Units that sales hold until they are paid or given up, and what is given for units.
--
-- Such a unit is a consumption whose id begins with sale_ and goes on with the command that sells. It counts as
-- used from the moment in which it was taken. Nothing is decided about it as long as it is neither kept nor
-- released.

alter table consumptions add column kept_at timestamptz;
create index consumptions_held_idx on consumptions (at, id)
  where id like 'sale\_%' and kept_at is null and released_at is null;

-- What costs nobody anything an account has once. What is given for a unit it may have again, for another one.
alter table free_purchases add column unit text collate "C";
alter table free_purchases drop constraint free_purchases_account_id_item_key;
create unique index free_purchases_once_idx on free_purchases (account_id, item) where unit is null;
create unique index free_purchases_unit_idx on free_purchases (account_id, unit) where unit is not null;
create index free_purchases_account_idx on free_purchases (account_id, created_at desc);

-- As before, whatever else of the item was given for units.
create function add_free_purchase_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_accounts constant text[] := array(
    select p ->> 'account_id'
    union all
    select s.id from anonymous_sessions s where s.claimed_by = p ->> 'account_id');
begin
  insert into free_purchases (id, account_id, item, sale, created_at)
  select p ->> 'id', p ->> 'account_id', p ->> 'item', p -> 'sale', (p ->> 'created_at')::timestamptz
  where not exists (
    select 1 from free_purchases f
    where f.account_id = any (v_accounts) and f.item = p ->> 'item' and f.unit is null)
  on conflict do nothing;
  return (
    select to_jsonb(f) from free_purchases f
    where f.account_id = any (v_accounts) and f.item = p ->> 'item' and f.unit is null
    order by f.created_at, f.id
    limit 1);
end $$;

-- {purchase: as add_free_purchase_v2, draw: as one of consume_v2} -> {outcome, consumption, purchase}
create function give_item_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_draw constant jsonb := p -> 'draw';
  v_purchase constant jsonb := p -> 'purchase';
  v_drawn jsonb;
  v_unit text;
begin
  v_drawn := consume_v2(jsonb_build_array(v_draw || '{"n": 0, "wave": 1}')) -> 0;
  if v_drawn ->> 'outcome' <> 'granted' then
    return v_drawn;
  end if;
  v_unit := v_drawn #>> '{consumption,id}';
  insert into free_purchases (id, account_id, item, sale, created_at, unit)
  values (v_purchase ->> 'id', v_purchase ->> 'account_id', v_purchase ->> 'item', v_purchase -> 'sale',
    (v_purchase ->> 'created_at')::timestamptz, v_unit)
  on conflict (account_id, unit) where unit is not null do nothing;
  update consumptions c set kept_at = c.at
  where c.user_id = v_draw ->> 'account_id' and c.id = v_unit and c.kept_at is null;
  return v_drawn || jsonb_build_object('purchase', (
    select to_jsonb(f) from free_purchases f
    where f.account_id = v_draw ->> 'account_id' and f.unit = v_unit));
end $$;

-- {account_id, key} -> what was given under the key of a draw, or null
create function given_item_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(f)
    from consumptions c
    join free_purchases f on f.account_id = c.user_id and f.unit = c.id
    where c.user_id = p ->> 'account_id' and c.idempotency_key = p ->> 'key');
end $$;

-- {after: {at, id}, limit} -> units that are held, first come first
create function held_units_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := coalesce((p #>> '{after,at}')::timestamptz, '-infinity');
  v_id constant text := coalesce(p #>> '{after,id}', '');
begin
  return coalesce((
    select jsonb_agg(to_jsonb(z))
    from (
      select c.user_id, c.id, c.at from consumptions c
      where c.id like 'sale\_%' and c.kept_at is null and c.released_at is null
        and (c.at, c.id) > (v_at, v_id)
      order by c.at, c.id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {account_id, id, kept, now} -> whether this decided about the unit
create function settle_unit_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_kept constant boolean := (p ->> 'kept')::boolean;
  v_feature text;
begin
  perform pg_advisory_xact_lock(hashtextextended(p ->> 'account_id', 26));
  select c.usage_type into v_feature from consumptions c
  where c.user_id = p ->> 'account_id' and c.id = p ->> 'id' and c.id like 'sale\_%'
    and c.kept_at is null and c.released_at is null;
  if not found then
    return 'false';
  end if;
  if v_kept then
    update consumptions c set kept_at = (p ->> 'now')::timestamptz
    where c.user_id = p ->> 'account_id' and c.id = p ->> 'id';
  else
    perform release_consumption_v2(p || jsonb_build_object('feature', v_feature));
  end if;
  return 'true';
end $$;

select secure_schema_v1('{}');
