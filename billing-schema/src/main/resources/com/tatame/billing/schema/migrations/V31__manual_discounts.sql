-- Discounts that administrators give. They are commands: what gave each, and what took it off, is in the journal,
-- and nothing else knows better.

create index commands_discounts_idx on commands (created_at desc, id desc) where kind = 'give_discount';
create index commands_account_discounts_idx on commands (account_id, created_at desc, id desc)
  where kind = 'give_discount';
create index commands_of_discount_idx on commands (target, kind, created_at desc, id desc)
  where kind in ('give_discount', 'remove_discount');

-- {id} -> {given: command, removed: command or null}, of each the one that succeeded, else the last; null if
-- nothing gives it
create function find_discount_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select jsonb_build_object('given', to_jsonb(c), 'removed', (
      select to_jsonb(r) from commands r
      where r.target = c.target and r.kind = 'remove_discount' and r.account_id = c.account_id
      order by r.state = 'succeeded' desc, r.created_at desc, r.id desc limit 1))
    from commands c
    where c.target = p ->> 'id' and c.kind = 'give_discount'
    order by c.state = 'succeeded' desc, c.created_at desc, c.id desc limit 1);
end $$;

-- {account_id, before, limit} -> [{given, removed}], those given last first; before is the id of a discount. One
-- whose command was rejected and given anew stands where it was given.
create function list_discounts_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_last constant jsonb := case when p ->> 'before' is null then null
    else find_discount_v1(jsonb_build_object('id', p -> 'before')) -> 'given' end;
  v_at constant timestamptz := coalesce((v_last ->> 'created_at')::timestamptz,
    case when p ->> 'before' is null then 'infinity'::timestamptz else '-infinity' end);
  v_id constant text := coalesce(v_last ->> 'id', '');
  v_targets text[];
begin
  if p ->> 'account_id' is not null then
    select array_agg(z.target order by z.created_at desc, z.id desc) into v_targets
    from (
      select c.target, c.created_at, c.id from commands c
      where c.kind = 'give_discount' and c.account_id = p ->> 'account_id'
        and (c.created_at, c.id) < (v_at, v_id)
        and not exists (
          select from commands n
          where n.target = c.target and n.kind = 'give_discount'
            and (n.state = 'succeeded', n.created_at, n.id) > (c.state = 'succeeded', c.created_at, c.id))
      order by c.created_at desc, c.id desc limit (p ->> 'limit')::integer) z;
  else
    select array_agg(z.target order by z.created_at desc, z.id desc) into v_targets
    from (
      select c.target, c.created_at, c.id from commands c
      where c.kind = 'give_discount' and (c.created_at, c.id) < (v_at, v_id)
        and not exists (
          select from commands n
          where n.target = c.target and n.kind = 'give_discount'
            and (n.state = 'succeeded', n.created_at, n.id) > (c.state = 'succeeded', c.created_at, c.id))
      order by c.created_at desc, c.id desc limit (p ->> 'limit')::integer) z;
  end if;
  return (
    select coalesce(jsonb_agg(find_discount_v1(jsonb_build_object('id', t.target)) order by t.position), '[]')
    from unnest(v_targets) with ordinality t(target, position));
end $$;

-- The same for people.
create view manual_discounts with (security_invoker = true) as
select
  c.target as id,
  c.account_id as user_id,
  c.params ->> 'subscription' as stripe_subscription_id,
  (c.params ->> 'percent_off')::numeric as percent_off,
  (c.params ->> 'amount_off')::bigint as amount_off,
  c.params ->> 'currency' as currency,
  c.params ->> 'duration' as duration,
  (c.params ->> 'months')::integer as duration_in_months,
  c.params ->> 'reason' as reason,
  c.params ->> 'by' as given_by,
  c.created_at as given_at,
  case c.state when 'succeeded' then 'given' when 'rejected' then 'rejected'
    when 'needs_operator' then 'undecided' else 'pending' end as status,
  r.created_at as removed_at,
  r.params ->> 'by' as removed_by,
  r.params ->> 'reason' as removed_reason
from commands c
left join lateral (
  select x.* from commands x
  where x.target = c.target and x.kind = 'remove_discount' and x.account_id = c.account_id
    and x.state = 'succeeded'
  order by x.created_at desc, x.id desc limit 1) r on true
where c.kind = 'give_discount' and not exists (
  select from commands n
  where n.target = c.target and n.kind = 'give_discount'
    and (n.state = 'succeeded', n.created_at, n.id) > (c.state = 'succeeded', c.created_at, c.id));

select secure_schema_v1('{}');
