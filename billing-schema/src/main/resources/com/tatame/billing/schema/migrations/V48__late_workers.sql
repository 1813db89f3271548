-- A worker that lost its lease and comes back says so by releasing what another one holds by now.

-- As settle_events_v2; a release of an event that the claim lost takes back one loss of its lease.
-- {claim, now, settlements: [{seq, outcome, not_before, message}]} -> [seq that the claim lost]
create function settle_events_v3(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_lost constant jsonb := settle_events_v2(p);
begin
  update webhook_queue q set abandoned = q.abandoned - 1
  from jsonb_to_recordset(p -> 'settlements') as x(seq bigint, outcome text)
  where q.seq = x.seq and x.outcome = 'release' and v_lost @> to_jsonb(x.seq) and q.abandoned > 0;
  return v_lost;
end $$;

select secure_schema_v2('{}');
