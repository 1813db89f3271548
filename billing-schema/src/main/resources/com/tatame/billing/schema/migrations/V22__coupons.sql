-- {ids} -> those of these that there are, by id
create function coupons_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(to_jsonb(o) order by o.id), '[]') from provider_objects o
    where o.kind = 'coupon' and o.id = any (array(select jsonb_array_elements_text(p -> 'ids')))
      and not o.gone);
end $$;

select secure_schema_v1('{}');
