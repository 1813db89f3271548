-- {account_id, feature, id} -> the consumption, given back or not, or null
create function find_consumption_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select to_jsonb(c) from consumptions c
    where c.user_id = p ->> 'account_id' and c.id = p ->> 'id' and c.usage_type = p ->> 'feature');
end $$;

select secure_schema_v2('{}');
