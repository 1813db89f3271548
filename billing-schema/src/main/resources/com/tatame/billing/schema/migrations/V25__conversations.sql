-- Conversations with an assistant.

-- A conversation is its owner's alone: an account's or, in an organisation's account, that of one member, by the
-- member's subject. Its messages are numbered from 1 without gaps.
create table ai_conversations (
  id            text collate "C" not null,
  user_id       text collate "C" not null,
  member        text collate "C" not null default '',
  title         text not null,
  message_count bigint not null default 0,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  archived_at   timestamptz,
  constraint ai_conversations_pkey primary key (id),
  constraint ai_conversations_message_count_check check (message_count >= 0)
) with (fillfactor = 80);
create index ai_conversations_owner_idx
  on ai_conversations (user_id, member, (archived_at is not null), updated_at desc, id);
create index ai_conversations_updated_at_idx on ai_conversations (updated_at, id);
create index ai_conversations_visitors_idx on ai_conversations (updated_at, id) where user_id like 'anonymous:%';

-- consumption_id: of the units that a message of a user took. request_key: under which its owner's request added it,
-- with what that request was.
create table ai_messages (
  conversation_id text collate "C" not null,
  position        bigint not null,
  id              text collate "C" not null,
  user_id         text collate "C" not null,
  role            text not null,
  content         text not null,
  tokens          integer not null,
  metadata        jsonb,
  consumption_id  text collate "C",
  request_key     text collate "C",
  fingerprint     text,
  created_at      timestamptz not null,
  constraint ai_messages_pkey primary key (conversation_id, position),
  constraint ai_messages_id_key unique (id),
  constraint ai_messages_role_check check (role in ('user', 'assistant', 'system', 'tool')),
  constraint ai_messages_position_check check (position > 0)
);
create index ai_messages_request_key_idx on ai_messages (user_id, request_key) where request_key is not null;

-- How many of its units belong to messages of users.
alter table consumptions add column covered bigint not null default 0;
alter table consumptions add constraint consumptions_covered_check check (covered between 0 and amount);

-- Messages go with their conversation. No foreign key does this: a move copies one table after the other, while both are
-- written, and replaces a row that has changed by deleting it first. It deletes messages by themselves.
create function delete_messages_v1() returns trigger
language plpgsql security invoker set search_path = "${schema}", pg_temp as $$
begin
  if current_setting('billing.moving', true) is distinct from 'on' then
    delete from ai_messages m using old_rows o where m.conversation_id = o.id;
  end if;
  return null;
end $$;
create trigger delete_messages after delete on ai_conversations
  referencing old table as old_rows for each statement execute function delete_messages_v1();

-- {account_id, member, conversation_id, title of one that is begun, messages: [{id, position, role, content, tokens,
-- metadata, consumption_id}], after_user, most, feature, key, fingerprint, debit: as one of consume_v1, at}
-- -> {outcome: stored, conversation, earlier: messages before these, drawn: as consume_v1}
-- or {outcome: again, conversation, messages} or {outcome: why nothing is stored, consumption_id}
create function append_messages_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_member constant text := coalesce(p ->> 'member', '');
  v_key constant text := p ->> 'key';
  v_at constant timestamptz := (p ->> 'at')::timestamptz;
  v_added constant integer := jsonb_array_length(p -> 'messages');
  v_conversation ai_conversations;
  v_first ai_messages;
  v_role text;
  v_drawn jsonb;
  v_units jsonb;
  v_named text;
begin
  -- A claim takes the same lock, and moves all that was stored before.
  perform pg_advisory_xact_lock(hashtextextended('usage:' || v_account, 0));
  if exists (select from anonymous_sessions s where s.id = v_account and s.claimed_by is not null) then
    return jsonb_build_object('outcome', 'claimed');
  end if;
  if v_key is not null then
    select m.* into v_first from ai_messages m
    where m.user_id = v_account and m.request_key = v_key
      and (select c.member from ai_conversations c where c.id = m.conversation_id) = v_member
    order by m.position limit 1;
    if found then
      if v_first.fingerprint <> p ->> 'fingerprint' then
        return jsonb_build_object('outcome', 'key_reused');
      end if;
      return jsonb_build_object(
        'outcome', 'again',
        'conversation', (select to_jsonb(c) from ai_conversations c where c.id = v_first.conversation_id),
        'messages', (
          select jsonb_agg(to_jsonb(m) order by m.position) from ai_messages m
          where m.user_id = v_account and m.request_key = v_key and m.conversation_id = v_first.conversation_id));
    end if;
  end if;
  if p ->> 'title' is null then
    select c.* into v_conversation from ai_conversations c
    where c.id = p ->> 'conversation_id' and c.user_id = v_account and c.member = v_member
    for update;
    if not found then
      return jsonb_build_object('outcome', 'not_found');
    end if;
    if v_conversation.message_count + v_added > (p ->> 'most')::bigint then
      return jsonb_build_object('outcome', 'full');
    end if;
    if (p ->> 'after_user')::boolean then
      select m.role into v_role from ai_messages m
      where m.conversation_id = v_conversation.id
      order by m.position desc limit 1;
      if v_role is distinct from 'user' then
        return jsonb_build_object('outcome', 'nothing_to_answer');
      end if;
    end if;
  end if;
  select jsonb_agg(to_jsonb(n)) into v_units
  from (
    select m.consumption_id as id, count(*) as units
    from jsonb_to_recordset(p -> 'messages') as m(consumption_id text)
    where m.consumption_id is not null
    group by m.consumption_id) n;
  select n.id into v_named
  from jsonb_to_recordset(v_units) as n(id text, units bigint)
  where n.id is distinct from p #>> '{debit,id}' and not exists (
    select from consumptions c
    where c.user_id = v_account and c.id = n.id and c.usage_type = p ->> 'feature' and c.released_at is null
      and c.covered + n.units <= c.amount)
  limit 1;
  if found then
    return jsonb_build_object('outcome', 'not_consumed', 'consumption_id', v_named);
  end if;
  if p -> 'debit' is not null then
    v_drawn := consume_v1(jsonb_build_object('waves', jsonb_build_array(
      jsonb_build_array(p -> 'debit' || '{"n": 0}')))) -> 0;
    if v_drawn ->> 'outcome' <> 'granted' then
      return jsonb_build_object('outcome', v_drawn ->> 'outcome');
    end if;
  end if;
  update consumptions c set covered = c.covered + n.units
  from jsonb_to_recordset(v_units) as n(id text, units bigint)
  where c.user_id = v_account and c.id = n.id;
  if p ->> 'title' is not null then
    insert into ai_conversations (id, user_id, member, title, message_count, created_at, updated_at)
    values (p ->> 'conversation_id', v_account, v_member, p ->> 'title', v_added, v_at, v_at)
    returning * into v_conversation;
  else
    update ai_conversations c
    set message_count = c.message_count + v_added, updated_at = greatest(c.updated_at, v_at)
    where c.id = v_conversation.id
    returning c.* into v_conversation;
  end if;
  insert into ai_messages (
    conversation_id, position, id, user_id, role, content, tokens, metadata, consumption_id, request_key, fingerprint,
    created_at)
  select v_conversation.id, v_conversation.message_count - v_added + m.position, m.id, v_account, m.role, m.content,
    m.tokens, m.metadata, m.consumption_id, v_key, case when v_key is not null then p ->> 'fingerprint' end, v_at
  from jsonb_to_recordset(p -> 'messages') as m(
    id text, position bigint, role text, content text, tokens integer, metadata jsonb, consumption_id text);
  return jsonb_build_object(
    'outcome', 'stored', 'conversation', to_jsonb(v_conversation),
    'earlier', v_conversation.message_count - v_added, 'drawn', v_drawn);
end $$;

-- {account_id, member, id} -> the conversation, or null
create function find_conversation_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from ai_conversations c
    where c.id = p ->> 'id' and c.user_id = p ->> 'account_id' and c.member = coalesce(p ->> 'member', ''));
end $$;

-- {account_id, member, archived, after: id, limit} -> conversations, the one with the latest message first
create function list_conversations_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_account constant text := p ->> 'account_id';
  v_member constant text := coalesce(p ->> 'member', '');
  v_archived constant boolean := (p ->> 'archived')::boolean;
  v_after ai_conversations;
begin
  if p ->> 'after' is not null then
    select c.* into v_after from ai_conversations c
    where c.id = p ->> 'after' and c.user_id = v_account and c.member = v_member;
    if not found then
      return '[]';
    end if;
  end if;
  return coalesce((
    select jsonb_agg(to_jsonb(z) order by z.updated_at desc, z.id)
    from (
      select c.* from ai_conversations c
      where c.user_id = v_account and c.member = v_member and (c.archived_at is not null) = v_archived
        and (v_after.id is null or (c.updated_at <= v_after.updated_at
          and (c.updated_at < v_after.updated_at or c.id > v_after.id)))
      order by c.updated_at desc, c.id
      limit (p ->> 'limit')::integer) z), '[]');
end $$;

-- {account_id, member, id, before: position, limit, max_tokens} -> {conversation, messages: the last ones in their
-- order}, or null
create function conversation_window_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_before constant bigint := coalesce((p ->> 'before')::bigint, 9223372036854775807);
  v_most constant bigint := coalesce((p ->> 'max_tokens')::bigint, 9223372036854775807);
begin
  return (
    select jsonb_build_object('conversation', to_jsonb(c), 'messages', (
      select jsonb_agg(to_jsonb(z) - 'sum' order by z.position)
      from (
        select m.*, sum(m.tokens) over (order by m.position desc) as sum
        from (
          select x.* from ai_messages x
          where x.conversation_id = c.id and x.position < v_before
          order by x.position desc
          limit (p ->> 'limit')::integer) m) z
      where z.sum <= v_most))
    from ai_conversations c
    where c.id = p ->> 'id' and c.user_id = p ->> 'account_id' and c.member = coalesce(p ->> 'member', ''));
end $$;

-- {account_id, member, id, title, archived, now} -> the conversation as it is then, or null
create function update_conversation_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_row ai_conversations;
begin
  update ai_conversations c set
    title = coalesce(p ->> 'title', c.title),
    archived_at = case (p ->> 'archived')::boolean
      when true then coalesce(c.archived_at, (p ->> 'now')::timestamptz)
      when false then null
      else c.archived_at end
  where c.id = p ->> 'id' and c.user_id = p ->> 'account_id' and c.member = coalesce(p ->> 'member', '')
  returning c.* into v_row;
  return case when found then to_jsonb(v_row) end;
end $$;

-- {account_id, member, id} -> {deleted: [id]}
create function delete_conversation_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  delete from ai_conversations c
  where c.id = p ->> 'id' and c.user_id = p ->> 'account_id' and c.member = coalesce(p ->> 'member', '');
  return jsonb_build_object('deleted', case when found then jsonb_build_array(p -> 'id') else '[]' end);
end $$;

-- {before, visitors_before, limit} -> how many were deleted, the oldest first
create function prune_conversations_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_limit constant integer := (p ->> 'limit')::integer;
  v_visitors integer;
  v_others integer;
begin
  delete from ai_conversations c
  where c.id = any (array(
    select o.id from ai_conversations o
    where o.updated_at < (p ->> 'visitors_before')::timestamptz and o.user_id like 'anonymous:%'
    order by o.updated_at, o.id limit v_limit));
  get diagnostics v_visitors = row_count;
  delete from ai_conversations c
  where c.id = any (array(
    select o.id from ai_conversations o
    where o.updated_at < (p ->> 'before')::timestamptz
    order by o.updated_at, o.id limit greatest(0, v_limit - v_visitors)));
  get diagnostics v_others = row_count;
  return to_jsonb(v_visitors + v_others);
end $$;

-- {session, account_id, member} -> null. What a visitor said goes on as the account's.
create function move_conversations_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_session constant text := p ->> 'session';
  v_account constant text := p ->> 'account_id';
  v_member constant text := coalesce(p ->> 'member', '');
begin
  -- What the account said under a key of its own stays what the key stands for.
  update ai_messages m set
    user_id = v_account,
    request_key = case
      when exists (
        select from ai_messages o
        where o.user_id = v_account and o.request_key = m.request_key
          and (select d.member from ai_conversations d where d.id = o.conversation_id) = v_member)
      then v_session || ' ' || m.request_key
      else m.request_key
    end
  from ai_conversations c
  where c.user_id = v_session and m.conversation_id = c.id;
  update ai_conversations c set user_id = v_account, member = v_member where c.user_id = v_session;
  return null;
end $$;

-- {hash, account_id, member, now} -> the session as it is then, claimed by this account or before, or null
create or replace function claim_anonymous_session_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_session text;
begin
  update anonymous_sessions s
  set claimed_by = p ->> 'account_id', claimed_at = (p ->> 'now')::timestamptz
  where s.hash = p ->> 'hash' and s.claimed_by is null
  returning s.id into v_session;
  if found then
    -- The locks of both accounts' usage are held from here.
    perform move_usage_v1(jsonb_build_object('session', v_session, 'account_id', p ->> 'account_id'));
    perform move_conversations_v1(jsonb_build_object(
      'session', v_session, 'account_id', p ->> 'account_id', 'member', p -> 'member'));
  end if;
  return (select to_jsonb(s) - 'hash' from anonymous_sessions s where s.hash = p ->> 'hash');
end $$;

select secure_schema_v1('{}');
