-- Leases of keys and commands are short, and extended while their holder works. A key keeps whose attempt
-- holds it, so that one that was taken over writes nothing.

alter table idempotency_keys add column lease text collate "C";

-- {account_id, key, fingerprint, lease, now, lease_until} -> {outcome, status, body}. Asked again with the
-- same lease it answers the same.
create function reserve_key_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_key idempotency_keys;
begin
  for attempt in 1 .. 10 loop
    insert into idempotency_keys (account_id, key, fingerprint, lease, lease_until, created_at)
    values (p ->> 'account_id', p ->> 'key', p ->> 'fingerprint', p ->> 'lease',
      (p ->> 'lease_until')::timestamptz, (p ->> 'now')::timestamptz)
    on conflict (account_id, key) do nothing;
    if found then
      return jsonb_build_object('outcome', 'fresh');
    end if;
    select k.* into v_key from idempotency_keys k
    where k.account_id = p ->> 'account_id' and k.key = p ->> 'key' for no key update;
    if found then
      if v_key.fingerprint <> p ->> 'fingerprint' then
        return jsonb_build_object('outcome', 'reused');
      elsif v_key.status is not null then
        return jsonb_build_object('outcome', 'replay', 'status', v_key.status, 'body', v_key.body);
      elsif v_key.lease_until > (p ->> 'now')::timestamptz and v_key.lease is distinct from p ->> 'lease' then
        return jsonb_build_object('outcome', 'running');
      end if;
      update idempotency_keys k
      set lease = p ->> 'lease', lease_until = (p ->> 'lease_until')::timestamptz
      where k.account_id = p ->> 'account_id' and k.key = p ->> 'key';
      return jsonb_build_object('outcome', 'fresh');
    end if;
    -- It was released in between.
  end loop;
  raise exception 'the key could not be reserved' using errcode = 'lock_not_available';
end $$;

-- {account_id, key, lease, lease_until} -> whether the lease still holds
create function extend_key_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update idempotency_keys k set lease_until = (p ->> 'lease_until')::timestamptz
  where k.account_id = p ->> 'account_id' and k.key = p ->> 'key' and k.lease = p ->> 'lease'
    and k.status is null;
  return to_jsonb(found);
end $$;

-- {account_id, key, lease, status, body} -> whether the lease still held
create function complete_key_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update idempotency_keys k set status = (p ->> 'status')::integer, body = p ->> 'body'
  where k.account_id = p ->> 'account_id' and k.key = p ->> 'key' and k.lease = p ->> 'lease';
  return to_jsonb(found);
end $$;

-- {account_id, key, lease}: forgets the reservation, never an answer
create function release_key_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  delete from idempotency_keys k
  where k.account_id = p ->> 'account_id' and k.key = p ->> 'key' and k.lease = p ->> 'lease'
    and k.status is null;
  return 'null';
end $$;

-- {id, lease, lease_until} -> whether the lease still holds
create function extend_command_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  update commands c set lease_until = (p ->> 'lease_until')::timestamptz
  where c.id = p ->> 'id' and c.lease = p ->> 'lease' and c.state = 'sending';
  return to_jsonb(found);
end $$;

select secure_schema_v2('{}');
