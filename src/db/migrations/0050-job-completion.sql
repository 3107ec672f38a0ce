-- The run whose end started this one. A run starts at most one run of each job by its end.
alter table runs add column upstream_run_id bigint references runs (id);
create unique index runs_by_upstream on runs (upstream_run_id, job_id) where upstream_run_id is not null;

create index jobs_by_awaited on jobs (cast(job_completion_trigger -> 'condition' ->> 'job_id' as bigint))
  where job_completion_trigger is not null and state = 1;

-- Runs that ended, with the jobs that wait for such an end and have not been started for it yet. Without references,
-- so that the end of a run waits for nobody's lock on another row.
create table job_completions (
  job_id bigint not null,
  upstream_run_id bigint not null,
  primary key (job_id, upstream_run_id)
);

-- A trigger, so that a run cannot end in any way (success, failure, cancel, timeout, lost worker) without it.
create function note_job_completions() returns trigger language plpgsql as $$
begin
  insert into job_completions (job_id, upstream_run_id)
  select jobs.id, new.id
  from jobs
  where jobs.state = 1 and jobs.account_id = new.account_id
    and cast(jobs.job_completion_trigger -> 'condition' ->> 'job_id' as bigint) = new.job_id
    and cast(jobs.job_completion_trigger -> 'condition' ->> 'project_id' as bigint) = new.project_id
    and jobs.job_completion_trigger -> 'condition' -> 'statuses'
      @> to_jsonb(case new.status when 'success' then 10 when 'error' then 20 else 30 end)
  on conflict do nothing;
  return null;
end
$$;

create trigger note_job_completions after update of status on runs
  for each row
  when (new.status in ('success', 'error', 'cancelled') and old.status not in ('success', 'error', 'cancelled'))
  execute function note_job_completions();
