-- Accounts, the customers they are linked to, and keys for other programs.

-- Identifiers compare byte by byte (collate "C"): they sort the same in SQL, in Java and after a move.
-- Every list that a function answers is one document: a cap on the rows of an answer can't cut it.
--
-- Mirrored tables have no foreign keys to each other: an invoice may well arrive before its subscription.
-- A mirrored row whose object is gone keeps what was known; one that was never seen holds nothing else.
--
-- Advisory locks have named classes, which begin their keys:
--   store:    the mode of the store; writers share it until they commit, a change of the mode holds it alone
--   usage:    the usage and grants of one account
--   catalog   the published catalog
--   request:  one call that is carried out once
--   move:     one item of a move into this store

create table users (
  id            text collate "C" primary key,
  clerk_user_id text collate "C",
  issuer        text collate "C" not null,
  subject       text collate "C" not null,
  email         text,
  name          text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

create table stripe_customer_mapping (
  user_id            text collate "C" not null,
  clerk_user_id      text collate "C",
  stripe_customer_id text collate "C" not null,
  email              text,
  name               text,
  created_at         timestamptz not null,
  constraint stripe_customer_mapping_user_id_key primary key (user_id),
  constraint stripe_customer_mapping_stripe_customer_id_key unique (stripe_customer_id)
);

-- A mirrored customer.
create table customers (
  id         text collate "C" primary key,
  account_id text collate "C",
  email      text,
  name       text,
  delinquent boolean,
  created_at timestamptz,
  as_of      timestamptz not null,
  source     text not null,
  gone       boolean not null default false,
  updated_at timestamptz not null default now(),
  constraint customers_source_check check (source in ('snapshot', 'read')),
  constraint customers_whole_check check (gone or (delinquent is not null and created_at is not null))
) with (fillfactor = 80);

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

create view stripe_customers with (security_invoker = true) as
select
  c.id,
  m.user_id,
  c.id as stripe_customer_id,
  c.email,
  c.name,
  c.delinquent,
  c.created_at
from customers c
left join stripe_customer_mapping m on m.stripe_customer_id = c.id
where not c.gone;

-- {account_id, subject, issuer, email, name} -> null. What the identity provider leaves out this time stays.
create function remember_user_v1(p jsonb) returns jsonb
language sql volatile security invoker set search_path = "${schema}", pg_temp as $$
  insert into users as t (id, clerk_user_id, issuer, subject, email, name)
  values (p ->> 'account_id', p ->> 'subject', p ->> 'issuer', p ->> 'subject', p ->> 'email', p ->> 'name')
  on conflict (id) do update set
    clerk_user_id = excluded.clerk_user_id, issuer = excluded.issuer, subject = excluded.subject,
    email = coalesce(excluded.email, t.email), name = coalesce(excluded.name, t.name), updated_at = now()
  where (t.issuer, t.subject, t.email, t.name) is distinct from
    (excluded.issuer, excluded.subject, coalesce(excluded.email, t.email), coalesce(excluded.name, t.name));
  select 'null'::jsonb
$$;

-- {users: [{account_id, subject, issuer, email, name}]} -> [{account_id}] of new ones; the others
-- stay as the identity provider had them
create function introduce_users_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_new jsonb;
begin
  with fresh as (
    insert into users (id, clerk_user_id, issuer, subject, email, name)
    select distinct on (u ->> 'account_id')
      u ->> 'account_id', u ->> 'subject', u ->> 'issuer', u ->> 'subject', u ->> 'email', u ->> 'name'
    from jsonb_array_elements(p -> 'users') u
    order by u ->> 'account_id'
    on conflict (id) do nothing
    returning id)
  select coalesce(jsonb_agg(jsonb_build_object('account_id', f.id)), '[]') into v_new from fresh f;
  return v_new;
end $$;

-- {account_id}
create function find_customer_link_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(m) from stripe_customer_mapping m where m.user_id = p ->> 'account_id');
end $$;

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
