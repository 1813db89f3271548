-- Drift has one more cause: a row that is final here and goes on at the provider.

alter table drift drop constraint drift_cause_check;
alter table drift add constraint drift_cause_check check (cause in (
  'dead_letter', 'not_read', 'row_altered', 'event_missed', 'contradiction', 'derived'));
