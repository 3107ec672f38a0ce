-- A claimed run waits for what its job, environment and project say, too: that comes with the claim, read after it. As JSON,
-- so that dates in it are text; null when one of the three is gone. In PL/pgSQL, which plans once for each connection.
-- others_wait: whether it is worth claiming again.
create or replace function claim_run_to_execute(worker text, lease_seconds double precision)
returns table (run runs, definitions json, others_wait boolean)
language plpgsql as $$
begin
  select * into run from claim_run(worker, lease_seconds);
  if run.id is null then
    return;
  end if;

  select json_build_object(
    'project', row_to_json(projects),
    'environment', row_to_json(environments),
    'job', row_to_json(jobs),
    'variables', coalesce((
      select json_agg(environment_variables) from environment_variables
      where environment_variables.project_id = projects.id
        and (environment_variables.environment_id is null or environment_variables.environment_id = environments.id)
        and (environment_variables.job_id is null or environment_variables.job_id = jobs.id)
    ), '[]'),
    -- Of a simulated run: how many runs of its job have started up to it.
    'attempt', case when coalesce(jobs.engine, environments.engine) = 'simulated' then (
      select json_build_object(
        'sinceFirstRun', 1 + count(*),
        'sinceLastSuccess', 1 + count(*) filter (where earlier.id > coalesce((
          select max(succeeded.id) from runs as succeeded
          where succeeded.job_id = jobs.id and succeeded.id < run.id and succeeded.status = 'success'
        ), 0))
      )
      from runs as earlier
      where earlier.job_id = jobs.id and earlier.id < run.id and earlier.started_at is not null
    ) end
  )
  into definitions
  from projects, environments, jobs
  where projects.id = run.project_id and environments.id = run.environment_id and jobs.id = run.job_id;
  select exists (select from lanes where lanes.head_run_id is not null and lanes.holder_run_id is null) into others_wait;
  return next;
end
$$;
