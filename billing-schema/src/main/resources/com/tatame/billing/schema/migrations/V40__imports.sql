-- Importing what an application's own tables say.

-- {users: [{account_id, subject, issuer, email, name}]} -> [{account_id}] of those that were new; what an identity
-- provider has told of the others stays
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

select secure_schema_v1('{}');
