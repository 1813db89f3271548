-- What opens something for whoever has it is not kept: neither in answers for repeated requests nor in mirrors.
-- Webhook payloads stay as they came; what is shown of them is masked.

-- A repeated request whose answer is gone is carried out again, which asks for the very same.
delete from idempotency_keys k
where k.body ~ '(clientSecret|client_secret|hostedUrl|pdfUrl|url|token|key)\\?":\s*\\?"[^"\\]';

update checkout_sessions set url = null where url is not null;
comment on column checkout_sessions.url is 'Always null: the address of a checkout is asked of the provider.';

-- A payload without its secrets: client secrets, ephemeral keys, and addresses of pages that need no other proof.
-- The rest is byte for byte what was received.
-- text -> text
create function mask_secrets_v1(p jsonb) returns jsonb
language sql immutable parallel safe security invoker set search_path = "${schema}", pg_temp as $$
  select to_jsonb(regexp_replace(
    regexp_replace(
      p #>> '{}',
      '("(?:client_secret|secret|hosted_invoice_url|invoice_pdf|receipt_url|hosted_verification_url|hosted_voucher_url|hosted_instructions_url)"\s*:\s*)"(?:[^"\\]|\\.)*"',
      '\1"***"',
      'g'),
    '("url"\s*:\s*)"https?:(?:[^"\\]|\\.)*"',
    '\1"***"',
    'g'))
$$;

create or replace view stripe_webhook_events with (security_invoker = true) as
select
  e.seq,
  e.stripe_event_id,
  e.event_type,
  case
    when q.seq is null then l.status
    when q.claim is not null then 'processing'
    else q.status
  end as status,
  case when q.seq is null then l.at end as processed_at,
  coalesce(q.retry_count, l.retry_count, 0) as retry_count,
  case when q.seq is null then l.error else q.error end as error,
  case when q.claim is null then nullif(q.next_attempt_at, 'infinity') end as next_attempt_at,
  e.livemode,
  e.api_version,
  e.provider_account,
  e.lane,
  e.created_at,
  e.received_at,
  mask_secrets_v1(to_jsonb(e.raw_data)) #>> '{}' as raw_data
from webhook_events e
left join webhook_queue q on q.seq = e.seq
left join webhook_log l on l.seq = e.seq;

select secure_schema_v1('{}');
