-- Completes what is known of a run's failures when it ends: those that nobody told about, such as the nodes of a dbt that was
-- killed, and since when each node fails. It looks at the last runs of the same job only, since in others a node has other
-- data, and at so many of them that its cost has a bound.
create or replace function note_failures(of_run bigint) returns void language plpgsql as $$
declare
  earlier bigint[];
begin
  insert into run_failures (run_id, step_index, node_id)
  select run_nodes.run_id, run_nodes.step_index, run_nodes.node_id
  from run_nodes
  where run_nodes.run_id = of_run and node_outcome(run_nodes.status) = 'error'
  order by run_nodes.finished_at nulls last, run_nodes.step_index, run_nodes.node_id
  limit 20
  on conflict do nothing;

  select array_agg(last.id) into earlier
  from (
    select runs.id
    from (
      select before.id, before.status
      from runs as this join runs as before on before.job_id = this.job_id and before.id < this.id
      where this.id = of_run
      order by before.id desc
      limit 100
    ) as runs
    where runs.status in ('success', 'error')
    order by runs.id desc
    limit 20
  ) as last;

  update run_failures set
    failing_since_run_id = case before.outcome when 'error' then coalesce(known.failing_since_run_id, before.run_id) else of_run end,
    failing_runs = case before.outcome when 'error' then coalesce(known.failing_runs, 1) + 1 else 1 end,
    last_good_run_id = case before.outcome when 'error' then known.last_good_run_id else before.run_id end
  from run_failures as this
  left join lateral (
    select run_nodes.run_id, node_outcome(run_nodes.status) as outcome
    from run_nodes
    where run_nodes.node_id = this.node_id and run_nodes.run_id = any(earlier) and node_outcome(run_nodes.status) <> 'skipped'
    order by run_nodes.run_id desc, node_outcome(run_nodes.status) = 'error' desc
    limit 1
  ) as before on true
  left join lateral (
    select run_failures.failing_since_run_id, run_failures.failing_runs, run_failures.last_good_run_id
    from run_failures
    where run_failures.node_id = this.node_id and run_failures.run_id = before.run_id
    limit 1
  ) as known on true
  where this.run_id = of_run
    and (run_failures.run_id, run_failures.step_index, run_failures.node_id) = (this.run_id, this.step_index, this.node_id);
end
$$;
