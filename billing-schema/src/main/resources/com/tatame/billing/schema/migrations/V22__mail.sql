-- Mail to accounts: what is sent for which cause, what became of it, and which addresses are not written to.

-- One row for each (template, cause, account), and for each copy that a person sent. Rows stay, so that no cause has a
-- second mail; prune_mails_v1 empties what is personal.
create table mails (
  id          text collate "C" primary key,
  template    text collate "C" not null,
  cause       text collate "C" not null,
  account_id  text collate "C" not null,
  copy        integer not null,
  object_id   text collate "C" not null,
  event_id    text collate "C" not null,
  content     jsonb not null,
  reason      text,
  planned_at  timestamptz not null,
  -- By the billing clock; all other times are wall time.
  due_at      timestamptz not null,
  expires_at  timestamptz not null,
  status      text collate "C" not null default 'planned',
  suppressed  text,
  attempts    integer not null default 0,
  failures    integer not null default 0,
  -- How often it was unknown afterwards whether the service has it.
  losses      integer not null default 0,
  sent_at     timestamptz,
  message_id  text collate "C",
  address     text,
  detail      text,
  -- When something is to be done about it; null if that is nothing.
  next_at     timestamptz,
  claim       text collate "C",
  lease_until timestamptz,
  delivery    text,
  delivery_at timestamptz,
  delivery_detail text,
  constraint mails_status_check
    check (status in ('planned', 'sending', 'sent', 'refused', 'suppressed', 'unknown')),
  constraint mails_delivery_check
    check (delivery in ('soft_bounced', 'delivered', 'hard_bounced', 'complained'))
) with (fillfactor = 70);
create unique index mails_cause_idx on mails (cause, template, account_id, copy);
create index mails_account_idx on mails (account_id, planned_at, id);
create index mails_planned_idx on mails (planned_at, id);
create index mails_status_idx on mails (status, planned_at, id);
create index mails_due_idx on mails (due_at, id) where next_at is not null;
create index mails_message_idx on mails (message_id) where message_id is not null;
create index mails_personal_idx on mails (planned_at) where next_at is null and (address is not null or reason is not null);

-- Addresses that are not written to, in lower case. The id is of the mail by which it was found out.
create table mail_suppressions (
  address text collate "C" primary key,
  id      text collate "C" not null,
  reason  text not null,
  detail  text,
  since   timestamptz not null,
  constraint mail_suppressions_reason_check check (reason in ('refused', 'hard_bounce', 'complaint'))
);
create index mail_suppressions_id_idx on mail_suppressions (id);
create index mail_suppressions_since_idx on mail_suppressions (since, id);

-- What accounts want of their mails.
create table mail_preferences (
  account_id text collate "C" primary key,
  locale     text,
  "off"      text[] not null
);

-- {mails: [row]} -> null. One whose template, cause, account and copy there is already is left out.
create function plan_mails_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  insert into mails (id, template, cause, account_id, copy, object_id, event_id, content, reason, planned_at, due_at,
    expires_at, next_at)
  select x.id, x.template, x.cause, x.account_id, x.copy, x.object_id, x.event_id, x.content, x.reason, x.planned_at,
    x.due_at, x.expires_at, x.planned_at
  from jsonb_to_recordset(p -> 'mails') as x(
    id text, template text, cause text, account_id text, copy integer, object_id text, event_id text, content jsonb,
    reason text, planned_at timestamptz, due_at timestamptz, expires_at timestamptz)
  order by x.cause, x.template, x.account_id, x.copy
  on conflict do nothing;
  return null;
end $$;

-- {claim, limit, now, billing_now, lease_until} -> rows, the first due first. What was being sent when its lease ended
-- is unknown from now on.
create function claim_mails_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_now constant timestamptz := (p ->> 'now')::timestamptz;
  v_rows jsonb;
begin
  with due as (
    select m.id from mails m
    where m.next_at is not null and m.due_at <= (p ->> 'billing_now')::timestamptz and m.next_at <= v_now
      and (m.lease_until is null or m.lease_until <= v_now)
    order by m.due_at, m.id
    limit (p ->> 'limit')::integer
    for no key update skip locked
  ), claimed as (
    update mails m set
      claim = p ->> 'claim',
      lease_until = (p ->> 'lease_until')::timestamptz,
      status = case when m.status = 'sending' then 'unknown' else m.status end,
      losses = case when m.status = 'sending' then m.losses + 1 else m.losses end,
      detail = case when m.status = 'sending' then 'the program ended while it was sent' else m.detail end
    from due where m.id = due.id
    returning m.*
  )
  select jsonb_agg(to_jsonb(c) order by c.due_at, c.id) into v_rows from claimed c;
  return coalesce(v_rows, '[]');
end $$;

-- {id, claim, address, now} -> whether the claim still holds it: it is handed to the service now
create function begin_mail_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update mails m set
    status = 'sending', attempts = m.attempts + 1, sent_at = (p ->> 'now')::timestamptz, address = p ->> 'address'
  where m.id = p ->> 'id' and m.claim = p ->> 'claim' and m.status <> 'sending'
    and m.lease_until > (p ->> 'now')::timestamptz;
  return to_jsonb(found);
end $$;

-- {id, address, reason, detail, at} -> null. A stronger reason replaces a weaker one.
create function suppress_address_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_reasons constant text[] := array['refused', 'hard_bounce', 'complaint'];
begin
  if p ->> 'address' is not null then
    insert into mail_suppressions as s (address, id, reason, detail, since)
    values (lower(p ->> 'address'), p ->> 'id', p ->> 'reason', p ->> 'detail', (p ->> 'at')::timestamptz)
    on conflict (address) do update set reason = excluded.reason, detail = excluded.detail
    where array_position(v_reasons, s.reason) < array_position(v_reasons, excluded.reason);
  end if;
  return null;
end $$;

-- {id, claim, now, status, suppressed, detail, message_id, next_at, undeliverable} -> whether the claim still held it
create function end_mail_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_status constant text := p ->> 'status';
  v_address text;
begin
  update mails m set
    status = v_status,
    suppressed = p ->> 'suppressed',
    detail = p ->> 'detail',
    message_id = coalesce(p ->> 'message_id', m.message_id),
    failures = case when v_status = 'planned' then m.failures + 1 else m.failures end,
    losses = case when v_status = 'unknown' and m.status = 'sending' then m.losses + 1 else m.losses end,
    next_at = (p ->> 'next_at')::timestamptz,
    claim = null,
    lease_until = null
  where m.id = p ->> 'id' and m.claim = p ->> 'claim'
  returning m.address into v_address;
  if not found then
    return 'false';
  end if;
  if (p ->> 'undeliverable')::boolean then
    perform suppress_address_v1(jsonb_build_object(
      'id', p -> 'id', 'address', v_address, 'reason', 'refused', 'detail', p -> 'detail', 'at', p -> 'now'));
  end if;
  return 'true';
end $$;

-- {reports: [{mail_id, message_id, kind, detail, at}]} -> how many told something new. A stronger report replaces a weaker one, and a
-- mail of which there is a report is sent.
create function report_mails_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_kinds constant text[] := array['soft_bounced', 'delivered', 'hard_bounced', 'complained'];
  v_told integer := 0;
  v_mail mails;
  r record;
begin
  for r in
    select coalesce(
        (select m.id from mails m where m.id = x.mail_id),
        (select m.id from mails m where m.message_id = x.message_id order by m.id limit 1)) as id,
      x.message_id, x.kind, x.detail, x.at
    from jsonb_to_recordset(p -> 'reports') as x(
      mail_id text, message_id text, kind text, detail text, at timestamptz)
    order by 1
  loop
    select m.* into v_mail from mails m where m.id = r.id and m.attempts > 0 for no key update;
    continue when not found;
    if v_mail.status in ('planned', 'sending', 'unknown') then
      update mails m set
        status = 'sent', message_id = coalesce(m.message_id, r.message_id), next_at = null, claim = null,
        lease_until = null
      where m.id = r.id;
    end if;
    if v_mail.delivery is null
      or array_position(v_kinds, v_mail.delivery) < array_position(v_kinds, r.kind)
    then
      update mails m set delivery = r.kind, delivery_at = r.at, delivery_detail = r.detail where m.id = r.id;
      v_told := v_told + 1;
      if r.kind in ('hard_bounced', 'complained') then
        perform suppress_address_v1(jsonb_build_object(
          'id', r.id, 'address', v_mail.address,
          'reason', case r.kind when 'complained' then 'complaint' else 'hard_bounce' end, 'detail', r.detail,
          'at', r.at));
      end if;
    end if;
  end loop;
  return to_jsonb(v_told);
end $$;

-- {account_id, template, status, cause, after, limit} -> rows, the last planned first; after is the id of one
create function list_mails_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_template constant text := p ->> 'template';
  v_status constant text := p ->> 'status';
  v_cause constant text := p ->> 'cause';
  v_limit constant integer := (p ->> 'limit')::integer;
  v_at timestamptz := 'infinity';
  v_id text := '';
  v_rows jsonb;
begin
  if p ->> 'after' is not null then
    select m.planned_at, m.id into v_at, v_id from mails m where m.id = p ->> 'after';
    if not found then
      return '[]';
    end if;
  end if;
  -- One query for each index, since a plan that is kept must suit all that is asked.
  if v_cause is not null then
    select jsonb_agg(to_jsonb(z) order by z.planned_at desc, z.id desc) into v_rows
    from (
      select m.* from mails m
      where m.cause = v_cause and (v_template is null or m.template = v_template)
        and (v_account is null or m.account_id = v_account) and (v_status is null or m.status = v_status)
        and (m.planned_at, m.id) < (v_at, v_id)
      order by m.planned_at desc, m.id desc limit v_limit) z;
  elsif v_account is not null then
    select jsonb_agg(to_jsonb(z) order by z.planned_at desc, z.id desc) into v_rows
    from (
      select m.* from mails m
      where m.account_id = v_account and (v_template is null or m.template = v_template)
        and (v_status is null or m.status = v_status) and (m.planned_at, m.id) < (v_at, v_id)
      order by m.planned_at desc, m.id desc limit v_limit) z;
  elsif v_status is not null then
    select jsonb_agg(to_jsonb(z) order by z.planned_at desc, z.id desc) into v_rows
    from (
      select m.* from mails m
      where m.status = v_status and (v_template is null or m.template = v_template)
        and (m.planned_at, m.id) < (v_at, v_id)
      order by m.planned_at desc, m.id desc limit v_limit) z;
  else
    select jsonb_agg(to_jsonb(z) order by z.planned_at desc, z.id desc) into v_rows
    from (
      select m.* from mails m
      where (m.planned_at, m.id) < (v_at, v_id) and (v_template is null or m.template = v_template)
      order by m.planned_at desc, m.id desc limit v_limit) z;
  end if;
  return coalesce(v_rows, '[]');
end $$;

-- {id} -> the row, or null
create function find_mail_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (select to_jsonb(m) from mails m where m.id = p ->> 'id');
end $$;

-- {original, id, reason, now, billing_now} -> the copy, made now or before, or null
create function copy_mail_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_original mails;
begin
  select m.* into v_original from mails m where m.id = p ->> 'original';
  if found then
    -- Copies of one mail wait for each other, so that each has a number of its own.
    perform 1 from mails m
    where m.cause = v_original.cause and m.template = v_original.template and m.account_id = v_original.account_id
      and m.copy = 0
    for no key update;
    insert into mails (id, template, cause, account_id, copy, object_id, event_id, content, reason, planned_at, due_at,
      expires_at, next_at)
    select p ->> 'id', v_original.template, v_original.cause, v_original.account_id, 1 + max(m.copy),
      v_original.object_id, v_original.event_id, v_original.content, p ->> 'reason', (p ->> 'now')::timestamptz,
      (p ->> 'billing_now')::timestamptz, v_original.expires_at, (p ->> 'now')::timestamptz
    from mails m
    where m.cause = v_original.cause and m.template = v_original.template and m.account_id = v_original.account_id
    on conflict (id) do nothing;
  end if;
  return find_mail_v1(p);
end $$;

-- {now, billing_now} -> {due, ready, oldest, unknown}
create function mail_backlog_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_build_object(
      'due', count(*), 'ready', count(*) filter (where m.next_at <= (p ->> 'now')::timestamptz),
      'oldest', min(m.planned_at), 'unknown', (select count(*) from mails u where u.status = 'unknown'))
    from mails m
    where m.next_at is not null and m.due_at <= (p ->> 'billing_now')::timestamptz and m.status = 'planned');
end $$;

-- {before, limit} -> how many: mails about which nothing is to be done lose addresses and people's words
create function prune_mails_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_ids text[];
begin
  select array_agg(z.id) into v_ids
  from (
    select m.id from mails m
    where m.planned_at < (p ->> 'before')::timestamptz and m.next_at is null
      and (m.address is not null or m.reason is not null)
    order by m.planned_at limit (p ->> 'limit')::integer
    for no key update skip locked) z;
  if v_ids is null then
    return '0';
  end if;
  update mails m set address = null, reason = null where m.id = any (v_ids);
  return to_jsonb(cardinality(v_ids));
end $$;

-- {address} or {id} -> the row, or null
create function find_suppression_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  if p ? 'id' then
    return (select to_jsonb(s) from mail_suppressions s where s.id = p ->> 'id' order by s.address limit 1);
  end if;
  return (select to_jsonb(s) from mail_suppressions s where s.address = lower(p ->> 'address'));
end $$;

-- {after, limit} -> rows, the last first; after is the id of one
create function list_suppressions_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_since timestamptz := 'infinity';
  v_id text := '';
begin
  if p ->> 'after' is not null then
    select s.since, s.id into v_since, v_id from mail_suppressions s where s.id = p ->> 'after';
    if not found then
      return '[]';
    end if;
  end if;
  return (
    select coalesce(jsonb_agg(to_jsonb(z) order by z.since desc, z.id desc), '[]')
    from (
      select s.* from mail_suppressions s where (s.since, s.id) < (v_since, v_id)
      order by s.since desc, s.id desc limit (p ->> 'limit')::integer) z);
end $$;

-- {id} -> whether there was one
create function lift_suppression_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  delete from mail_suppressions s where s.id = p ->> 'id';
  return to_jsonb(found);
end $$;

-- {account_id} -> {locale, off}, also for an account that has said nothing
create function find_mail_preferences_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return coalesce(
    (select jsonb_build_object('locale', x.locale, 'off', to_jsonb(x.off))
     from mail_preferences x where x.account_id = p ->> 'account_id'),
    '{"locale": null, "off": []}');
end $$;

-- {account_id, locale, off} -> null
create function put_mail_preferences_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  insert into mail_preferences as t (account_id, locale, "off")
  values (p ->> 'account_id', p ->> 'locale', array(select jsonb_array_elements_text(p -> 'off')))
  on conflict (account_id) do update set locale = excluded.locale, "off" = excluded."off";
  return null;
end $$;

-- Also enters what is gone afterwards: of a row that is deleted nothing is found.
--
-- Calls a function that changes something, and adds the entry if it did: if what is watched is another than before,
-- and as it is expected where others change it, too; or without a watch, if the list that it answers has elements.
-- A refused or repeated call adds none. Calls that watch the same wait for each other, so that of two that would make
-- one change only the one adds its entry that made it.
-- {audit: {at, actor, action, account_id, target, before, after, request_id},
-- watch: {function, argument, fields, expected} or list, function, argument} -> the function's answer
create or replace function audited_v1(p jsonb) returns jsonb
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
    v_changed := v_after is distinct from v_before and coalesce(v_after, '{}') @> (v_watch -> 'expected');
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

select secure_schema_v1('{}');
