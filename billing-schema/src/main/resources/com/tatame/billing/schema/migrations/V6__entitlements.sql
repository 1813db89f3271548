-- What accounts may do, now and at instants that have passed; grants.

create table account_entitlements (
  account_id   text collate "C" primary key,
  sources      jsonb not null,
  updated_at   timestamptz not null default now(),
  withheld     jsonb not null default '[]',
  evidence     jsonb not null default '{}',
  -- Since when it is known, by the billing clock; and the provider's time of the newest thing in it.
  recorded_at  timestamptz not null default now(),
  effective_at timestamptz not null default now(),
  constraint account_entitlements_sources_check check (jsonb_typeof(sources) = 'array')
) with (fillfactor = 80);
-- Accounts with several subscriptions, which may be duplicates, by the time at which they got them.
create index account_entitlements_several_idx on account_entitlements (updated_at, account_id)
  where jsonb_array_length(sources) > 1;

-- Every entitlement that was in force, to answer for instants that have passed.
create table entitlement_history (
  account_id   text collate "C" not null,
  recorded_at  timestamptz not null,
  effective_at timestamptz not null,
  sources      jsonb not null,
  withheld     jsonb not null,
  evidence     jsonb not null,
  constraint entitlement_history_pkey primary key (account_id, recorded_at)
);

-- What administrators give to accounts: plans for a time, units of features, flags.
--
-- A grant is never deleted; only its used units change, and that it is revoked. So these rows tell what an account had
-- at any instant.
create table grants (
  id              text collate "C" primary key,
  seq             bigint generated always as identity,
  user_id         text collate "C" not null,
  idempotency_key text collate "C" not null,
  fingerprint     text not null,
  kind            text not null,
  tier            text collate "C",
  feature         text collate "C",
  units           bigint,
  used            bigint not null default 0,
  reason          text not null,
  given_by        text not null,
  given_at        timestamptz not null,
  starts_at       timestamptz not null,
  expires_at      timestamptz,
  revoked_at      timestamptz,
  revoked_by      text,
  revoked_reason  text,
  constraint grants_seq_key unique (seq),
  constraint grants_user_id_idempotency_key_key unique (user_id, idempotency_key),
  constraint grants_kind_check check (case kind
    when 'tier' then tier is not null and feature is null and units is null
    when 'units' then tier is null and feature is not null and units > 0
    when 'flag' then tier is null and feature is not null and units is null
    else false end),
  constraint grants_used_check check (used >= 0 and used <= coalesce(units, 0)),
  constraint grants_times_check check (expires_at > starts_at)
) with (fillfactor = 80);
create index grants_user_id_seq_idx on grants (user_id, seq);

-- {key, fingerprint, id, account_id, kind, tier, feature, units, reason, given_by, given_at, starts_at, expires_at}
-- -> the row under this key, added now or before
create function add_grant_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || (p ->> 'account_id'), 0));
  insert into grants (
    id, user_id, idempotency_key, fingerprint, kind, tier, feature, units, reason, given_by, given_at, starts_at,
    expires_at)
  values (
    p ->> 'id', p ->> 'account_id', p ->> 'key', p ->> 'fingerprint', p ->> 'kind', p ->> 'tier', p ->> 'feature',
    (p ->> 'units')::bigint, p ->> 'reason', p ->> 'given_by', (p ->> 'given_at')::timestamptz,
    (p ->> 'starts_at')::timestamptz, (p ->> 'expires_at')::timestamptz)
  on conflict (user_id, idempotency_key) do nothing;
  return (
    select to_jsonb(g) from grants g
    where g.user_id = p ->> 'account_id' and g.idempotency_key = p ->> 'key');
end $$;

-- {account_id, id, at, by, reason} -> the row, revoked now or before, or null
create function revoke_grant_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('usage:' || (p ->> 'account_id'), 0));
  update grants g set
    revoked_at = (p ->> 'at')::timestamptz, revoked_by = p ->> 'by', revoked_reason = p ->> 'reason'
  where g.id = p ->> 'id' and g.user_id = p ->> 'account_id' and g.revoked_at is null;
  return (
    select to_jsonb(g) from grants g where g.id = p ->> 'id' and g.user_id = p ->> 'account_id');
end $$;

-- {id} or {account_id, key} -> the row, or null
create function find_grant_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  if p ->> 'id' is not null then
    return (select to_jsonb(g) from grants g where g.id = p ->> 'id');
  end if;
  return (
    select to_jsonb(g) from grants g
    where g.user_id = p ->> 'account_id' and g.idempotency_key = p ->> 'key');
end $$;

-- {account_id, before, limit} -> rows, those given last first; before is the id of a row
create function list_grants_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before constant bigint := case when p ->> 'before' is null then 9223372036854775807
    else coalesce((select g.seq from grants g where g.id = p ->> 'before'), 0) end;
  v_rows jsonb;
begin
  if p ->> 'account_id' is not null then
    select jsonb_agg(to_jsonb(z) order by z.seq desc) into v_rows
    from (
      select g.* from grants g where g.user_id = p ->> 'account_id' and g.seq < v_before
      order by g.seq desc limit (p ->> 'limit')::integer) z;
  else
    select jsonb_agg(to_jsonb(z) order by z.seq desc) into v_rows
    from (
      select g.* from grants g where g.seq < v_before
      order by g.seq desc limit (p ->> 'limit')::integer) z;
  end if;
  return coalesce(v_rows, '[]');
end $$;

-- {account_id, at} -> {tier, version, source, grant}: what decides, as EntitlementEvaluation does it.
-- source is the subscription that counts, also where a grant gives a better plan.
create function tier_at_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
  v_sources jsonb;
  v_source jsonb;
  v_tier catalog_tiers;
  v_grant grants;
begin
  select e.sources into v_sources from account_entitlements e where e.account_id = p ->> 'account_id';
  select s.value into v_source
  from jsonb_array_elements(coalesce(v_sources, '[]')) with ordinality s(value, position)
  where s.value ->> 'grace_until' is null or (s.value ->> 'grace_until')::timestamptz > v_at
  order by s.position
  limit 1;
  select t.* into v_tier from catalog_tiers t where t.tier = v_source ->> 'tier';
  if not found then
    select t.* into v_tier from catalog_tiers t where t.is_default limit 1;
  end if;
  select g.* into v_grant
  from grants g
  join catalog_tiers t on t.tier = g.tier
  where g.user_id = p ->> 'account_id' and g.kind = 'tier' and g.starts_at <= v_at
    and (g.expires_at is null or g.expires_at > v_at) and (g.revoked_at is null or g.revoked_at > v_at)
    and (t.rank > v_tier.rank or (t.rank = v_tier.rank and v_tier.tier is distinct from v_source ->> 'tier'))
  order by t.rank desc, g.expires_at desc nulls first, g.given_at desc, g.id desc
  limit 1;
  return jsonb_build_object(
    'tier', coalesce(v_grant.tier, v_tier.tier),
    'version', coalesce(md5(v_sources::text), '') || coalesce((
      select ':' || count(*) || ':' || count(g.revoked_at) from grants g
      where g.user_id = p ->> 'account_id' having count(*) > 0), ''),
    'source', v_source,
    'grant', case when v_grant.id is not null then to_jsonb(v_grant) end);
end $$;

-- {account_id, feature, at} -> {tier, version, kind, limit, period_start, period_end, offers, granted_left}, or
-- null if no plan has it
create function account_terms_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
  v_decides constant jsonb := tier_at_v1(p);
  v_feature catalog_features;
  v_limit bigint;
  v_window jsonb;
  v_offers jsonb;
  v_left bigint;
begin
  select f.* into v_feature from catalog_features f
  where f.tier = v_decides ->> 'tier' and f.feature = p ->> 'feature';
  v_limit := v_feature.usage_limit;
  if not found then
    select f.* into v_feature from catalog_features f where f.feature = p ->> 'feature' order by f.tier limit 1;
    if not found then
      return null;
    end if;
    v_limit := 0;
  end if;
  v_window := window_at_v1(jsonb_build_object(
    'kind', v_feature.window_kind, 'zone', v_feature.zone, 'cycle', v_decides #> '{source,cycle}', 'at', v_at));
  -- What expires first is used first, as EntitlementEvaluation does it.
  select jsonb_agg(z.offer order by z.turn, z.ends, z.given_at, z.id), coalesce(sum(z.here), 0)
  into v_offers, v_left
  from (
    select 1 as turn, null::timestamptz as ends, null::timestamptz as given_at, null as id, null as here,
      jsonb_build_object('place', 'included', 'limit', v_limit) as offer
    union all
    select case when g.expires_at < (v_window ->> 'period_end')::timestamptz then 0 else 2 end,
      coalesce(g.expires_at, 'infinity'), g.given_at, g.id, g.units - g.used,
      jsonb_build_object('place', 'included', 'limit', g.units, 'grant', g.id)
    from grants g
    where g.user_id = p ->> 'account_id' and g.kind = 'units' and g.feature = p ->> 'feature'
      and v_limit is not null and v_feature.kind <> 'gauge' and g.starts_at <= v_at
      and (g.expires_at is null or g.expires_at > v_at)
      and (g.revoked_at is null or g.revoked_at > v_at)) z;
  return jsonb_build_object(
    'tier', v_decides -> 'tier', 'version', v_decides -> 'version', 'kind', v_feature.kind, 'limit', v_limit,
    'offers', v_offers, 'granted_left', v_left) || v_window;
end $$;

-- {accounts: [id], now} -> {account: state}, to ask for many accounts at once whether a cached reading is still
-- current. A state changes with anything that account_usage_v1 answers: it is made of the numbers of the transactions
-- that wrote the rows. Windows that have ended are left out, as they are there.
create function account_states_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
begin
  return (
    select coalesce(jsonb_object_agg(a.id, concat(
      (select e.xmin::text from account_entitlements e where e.account_id = a.id), ';',
      (select string_agg(u.xmin::text, ',' order by u.xmin::text) from usage_tracking u
        where u.user_id = a.id and u.period_end > v_now), ';',
      (select string_agg(g.xmin::text, ',' order by g.xmin::text) from grants g where g.user_id = a.id))), '{}')
    from jsonb_array_elements_text(p -> 'accounts') a(id));
end $$;

-- The tier that decides now, the subscription or grant that gives it, and what was used.
create function get_user_subscription(user_id text) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_decides constant jsonb :=
    tier_at_v1(jsonb_build_object('account_id', get_user_subscription.user_id, 'at', now()));
begin
  return jsonb_build_object(
    'user_id', get_user_subscription.user_id,
    'tier', v_decides -> 'tier',
    'subscription', (
      select to_jsonb(s) - 'items' - 'as_of' - 'source' - 'gone' from subscriptions s
      where s.stripe_subscription_id = v_decides #>> '{source,subscription_id}' and not s.gone),
    'grant', (
      select jsonb_build_object('id', x.id, 'tier', x.tier, 'expires_at', x.expires_at)
      from jsonb_to_record(nullif(v_decides -> 'grant', 'null')) as x(id text, tier text, expires_at timestamptz)
      where x.id is not null),
    'usage', (
      select coalesce(jsonb_agg(to_jsonb(c) order by c.usage_type, c.period_start), '[]') from current_usage c
      where c.user_id = get_user_subscription.user_id));
end $$;
