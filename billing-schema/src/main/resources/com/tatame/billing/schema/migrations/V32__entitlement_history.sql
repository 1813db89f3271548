-- What was known of each account's entitlement, and from when. What is in force stands in account_entitlements
-- with the evidence for it, so that asking now looks nowhere else.

-- withheld: subscriptions that give nothing. evidence: by subscription, what told of it as it is.
-- recorded_at: since when it is known, by the billing clock. effective_at: the provider's time of the newest
-- thing in it.
alter table account_entitlements
  add column withheld jsonb not null default '[]',
  add column evidence jsonb not null default '{}',
  add column recorded_at timestamptz not null default now(),
  add column effective_at timestamptz not null default now();

create table entitlement_history (
  account_id   text collate "C" not null,
  recorded_at  timestamptz not null,
  effective_at timestamptz not null,
  sources      jsonb not null,
  withheld     jsonb not null,
  evidence     jsonb not null,
  constraint entitlement_history_pkey primary key (account_id, recorded_at)
);

update account_entitlements set recorded_at = updated_at, effective_at = updated_at;
insert into entitlement_history (account_id, recorded_at, effective_at, sources, withheld, evidence)
select account_id, recorded_at, effective_at, sources, withheld, evidence from account_entitlements;

-- As before, and entitlements with what told of them: what was known until now stays in the history. A release
-- that knows nothing of it sends neither evidence nor time, and leaves no gap.
drop function commit_units_v2(jsonb);
create function commit_units_v2(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = "${schema}", pg_temp as $$
declare
  v_answer constant jsonb := commit_units_v1(case when p ? 'entitlements' then p - 'entitlements' else p end);
  v_bad integer[];
begin
  if p ?| array['provider_objects', 'entitlements'] then
    select array_agg(b.value::integer) into v_bad
    from jsonb_each(v_answer) as a, jsonb_array_elements_text(nullif(a.value, 'null')) as b;
  end if;
  if p ? 'provider_objects' then
    insert into provider_objects as t (
      kind, id, subject_id, state, created_at, as_of, source, gone)
    select
      x.kind, x.id, x.subject, x.state, x.created_at, x.as_of, x.source, x.gone
    from jsonb_to_recordset(p -> 'provider_objects') as x(
      u integer, kind text, id text, subject text, state jsonb, created_at timestamptz,
      as_of timestamptz, source text, gone boolean)
    where v_bad is null or x.u <> all (v_bad)
    order by x.kind, x.id
    -- What is gone keeps what was known of it.
    on conflict (kind, id) do update set
      subject_id = case when excluded.gone then t.subject_id else excluded.subject_id end,
      state = coalesce(excluded.state, t.state),
      created_at = coalesce(excluded.created_at, t.created_at),
      as_of = excluded.as_of, source = excluded.source, gone = excluded.gone, updated_at = now();
  end if;
  if p ? 'entitlements' then
    with entitled as (
      insert into account_entitlements as t (account_id, sources, withheld, evidence, recorded_at, effective_at)
      select x.account_id, x.sources, coalesce(x.withheld, '[]'), coalesce(x.evidence, '{}'),
        coalesce(x.recorded_at, now()), coalesce(x.effective_at, x.recorded_at, now())
      from jsonb_to_recordset(p -> 'entitlements') as x(
        u integer, account_id text, sources jsonb, withheld jsonb, evidence jsonb, recorded_at timestamptz,
        effective_at timestamptz)
      where v_bad is null or x.u <> all (v_bad)
      order by x.account_id
      on conflict (account_id) do update set
        sources = excluded.sources, withheld = excluded.withheld, evidence = excluded.evidence,
        recorded_at = excluded.recorded_at, effective_at = excluded.effective_at, updated_at = now()
      returning t.account_id, t.recorded_at, t.effective_at, t.sources, t.withheld, t.evidence
    )
    -- What lived no time was never answered.
    insert into entitlement_history as t (account_id, recorded_at, effective_at, sources, withheld, evidence)
    select e.account_id, e.recorded_at, e.effective_at, e.sources, e.withheld, e.evidence
    from entitled e
    order by e.account_id
    on conflict (account_id, recorded_at) do update set
      effective_at = excluded.effective_at, sources = excluded.sources, withheld = excluded.withheld,
      evidence = excluded.evidence;
  end if;
  return v_answer;
end $$;

select secure_schema_v1('{}');
