-- In which time zone an account reads dates.
alter table mail_preferences add column time_zone text;

-- {account_id} -> {locale, time_zone, off}, also for an account that has said nothing
create or replace function find_mail_preferences_v1(p jsonb) returns jsonb
language plpgsql stable security invoker set search_path = "${schema}", pg_temp as $$
begin
  return coalesce(
    (select jsonb_build_object('locale', x.locale, 'time_zone', x.time_zone, 'off', to_jsonb(x.off))
     from mail_preferences x where x.account_id = p ->> 'account_id'),
    '{"locale": null, "time_zone": null, "off": []}');
end $$;

-- {account_id, locale, time_zone, off} -> null
create or replace function put_mail_preferences_v1(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
begin
  insert into mail_preferences as t (account_id, locale, time_zone, "off")
  values (
    p ->> 'account_id', p ->> 'locale', p ->> 'time_zone', array(select jsonb_array_elements_text(p -> 'off')))
  on conflict (account_id) do update set
    locale = excluded.locale, time_zone = excluded.time_zone, "off" = excluded."off";
  return null;
end $$;

select secure_schema_v1('{}');
