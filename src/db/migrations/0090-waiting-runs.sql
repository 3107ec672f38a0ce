-- A trigger counts the runs of its job and of its token that wait, however many others do, or have run.
create index runs_waiting_by_job on runs (job_id) where status = 'queued' and claimed_at is null;
create index runs_waiting_by_token on runs (((triggered_by ->> 'id')::bigint))
  where status = 'queued' and claimed_at is null and triggered_by ->> 'type' = 'service_token';
