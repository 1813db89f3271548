-- Keys for other programs. A key itself is kept nowhere, and its hash leaves the database by no function.

create table api_keys (
  id           text collate "C" primary key,
  hash         text collate "C" not null,
  name         text not null,
  scopes       text[] not null,
  created_at   timestamptz not null,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  constraint api_keys_hash_key unique (hash)
) with (fillfactor = 80);
create index api_keys_created_idx on api_keys (created_at desc, id);

-- key with its hash -> null
create function add_api_key_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into api_keys (id, hash, name, scopes, created_at, expires_at, revoked_at, last_used_at)
  select x.id, x.hash, x.name, x.scopes, x.created_at, x.expires_at, x.revoked_at, x.last_used_at
  from jsonb_to_record(p) as x(
    id text, hash text, name text, scopes text[], created_at timestamptz, expires_at timestamptz,
    revoked_at timestamptz, last_used_at timestamptz);
  select 'null'::jsonb
$$;

-- {hash} -> the key or null
create function api_key_by_hash_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select to_jsonb(k) - 'hash' from api_keys k where k.hash = p ->> 'hash');
end $$;

-- {id} -> the key or null
create function find_api_key_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select to_jsonb(k) - 'hash' from api_keys k where k.id = p ->> 'id');
end $$;

-- {after, limit} -> newest first
create function list_api_keys_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_created_at timestamptz := 'infinity';
  v_id text := '';
begin
  if p ->> 'after' is not null then
    select k.created_at, k.id into v_created_at, v_id from api_keys k where k.id = p ->> 'after';
    if not found then
      return '[]';
    end if;
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z) - 'hash')
    from (
      select k.* from api_keys k
      where k.created_at <= v_created_at and (k.created_at < v_created_at or k.id > v_id)
      order by k.created_at desc, k.id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {id, now} -> the key, revoked, or null
create function revoke_api_key_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  update api_keys k set revoked_at = coalesce(k.revoked_at, (p ->> 'now')::timestamptz)
  where k.id = p ->> 'id'
  returning to_jsonb(k) - 'hash'
$$;

-- {id, now, unless_after}
create function note_api_key_use_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  update api_keys k set last_used_at = (p ->> 'now')::timestamptz
  where k.id = p ->> 'id'
    and (k.last_used_at is null or k.last_used_at <= (p ->> 'unless_after')::timestamptz);
  select 'null'::jsonb
$$;

select secure_schema_v1('{}');
