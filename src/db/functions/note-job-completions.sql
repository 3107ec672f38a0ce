-- A trigger, so that a run cannot end in any way (success, failure, cancel, timeout, lost worker) without it.
create or replace function note_job_completions() returns trigger language plpgsql as $$
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

create or replace trigger note_job_completions after update of status on runs
  for each row
  when (new.status in ('success', 'error', 'cancelled') and old.status not in ('success', 'error', 'cancelled'))
  execute function note_job_completions();
